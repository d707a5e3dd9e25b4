using System.Globalization;
using LdmMl.Internals;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Metrics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl.Transforms.ScoreQuality;

/// <summary>Appends how close images are to their originals: peak signal-to-noise ratio and structural similarity, on 8-bit RGB.</summary>
/// <remarks>
/// If an image is missing, the scores are NaN. Images of different sizes in a row, or smaller than the window, are an error that names the row.
/// The columns say how they were computed: <see cref="ScoreAnnotations.Fingerprint"/>.
/// </remarks>
internal sealed class ScoreImageQualityTransformer : RowTransformer, IStoredTransformer<ScoreImageQualityTransformer>
{
    internal const string LoaderName = "LdmMlScoreImageQuality";

    internal ScoreImageQualityTransformer(IHostEnvironment environment, ScoreImageQualityOptions options)
        : base(environment, StoredModelKind.Of<ScoreImageQualityTransformer>(), options.CancellationToken) =>
        (Options, Columns) = (options, ColumnsOf(options));

    static StoredModelKind IStoredTransformer<ScoreImageQualityTransformer>.Kind { get; } = new("LDM QUAL", LoaderName);

    internal ScoreImageQualityOptions Options { get; }

    internal override RowColumns Columns { get; }

    /// <summary>Gets the columns: from originals and candidates to two or three scores.</summary>
    internal static RowColumns ColumnsOf(ScoreImageQualityOptions options)
    {
        var compared = options.Compared;
        return RowColumns.Of([compared.Reference, compared.Candidate], inputs =>
        {
            compared.CheckTypes(inputs[0], inputs[1]);
            return [.. Scores(options)];
        });
    }

    internal override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) => new ScoreImageQualityRunner(input, Options);

    static ScoreImageQualityTransformer IStoredTransformer<ScoreImageQualityTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        new(environment, reader.ReadOptions(OptionsJson.Default.ScoreImageQualityOptions, PositionalOptions.ReadQuality));

    private protected override void Write(ModelWriter writer) => writer.WriteOptions(Options, OptionsJson.Default.ScoreImageQualityOptions);

    private static IEnumerable<DataViewSchema.DetachedColumn> Scores(ScoreImageQualityOptions options)
    {
        var background = options.Background;
        var pixels = $"pixels=rgb8;background=#{background.Red:X2}{background.Green:X2}{background.Blue:X2}";
        yield return Score(options.PsnrColumnName, $"psnr;{pixels}");
        yield return Score(options.SsimColumnName, $"ssim;{pixels};{Fingerprint(options.Ssim)}");
        if (options.MsSsimColumnName is { } multiScale)
            yield return Score(multiScale, $"ms-ssim;{pixels};{Fingerprint(options.MsSsim)}");
    }

    private static DataViewSchema.DetachedColumn Score(string name, string fingerprint) =>
        new ScoreColumn().With(ScoreAnnotations.Fingerprint, fingerprint).Describe(name, NumberDataViewType.Single);

    private static string Fingerprint(SsimSettings settings) => string.Join(';',
    [
        $"window={Name(settings.Window)}",
        $"size={settings.WindowSize}",
        .. settings.Window == SsimWindow.Gaussian ? [$"sigma={Number(settings.Sigma)}"] : Array.Empty<string>(),
        $"covariance={Name(settings.Covariance)}",
        $"border={Name(settings.Border)}",
        $"k1={Number(settings.K1)}",
        $"k2={Number(settings.K2)}",
    ]);

    private static string Name<TEnum>(TEnum value)
        where TEnum : struct, Enum =>
        value.ToString().ToLowerInvariant();

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
