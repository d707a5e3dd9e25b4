using System.Globalization;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Transforms.ScoreQuality;

/// <summary>What a column of image quality says about how it was computed: see <see cref="ScoreAnnotations.Fingerprint"/>.</summary>
internal static class QualityFingerprint
{
    /// <summary>Describes the columns that options ask for.</summary>
    public static IEnumerable<DataViewSchema.DetachedColumn> Columns(ScoreImageQualityOptions options)
    {
        var pixels = Pixels(options.Background);
        yield return Describe(options.PsnrColumnName, $"psnr;{pixels}");
        yield return Describe(options.SsimColumnName, $"ssim;{pixels};{Settings(options.Ssim)}");
        if (options.MsSsimColumnName is { } multiScale)
            yield return Describe(multiScale, $"ms-ssim;{pixels};{Settings(options.MsSsim)}");
    }

    private static string Pixels(PixelColor background) => $"pixels=rgb8;background=#{background.Red:X2}{background.Green:X2}{background.Blue:X2}";

    private static string Settings(SsimSettings settings) => string.Join(';',
    [
        $"window={Name(settings.Window)}",
        $"size={settings.WindowSize}",
        .. settings.Window == SsimWindow.Gaussian ? [$"sigma={Number(settings.Sigma)}"] : Array.Empty<string>(),
        $"covariance={Name(settings.Covariance)}",
        $"border={Name(settings.Border)}",
        $"k1={Number(settings.K1)}",
        $"k2={Number(settings.K2)}",
    ]);

    private static DataViewSchema.DetachedColumn Describe(string name, string fingerprint)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(
            ScoreAnnotations.Fingerprint, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = fingerprint.AsMemory());
        return new(name, NumberDataViewType.Single, annotations.ToAnnotations());
    }

    private static string Name<TEnum>(TEnum value)
        where TEnum : struct, Enum =>
        value.ToString().ToLowerInvariant();

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
