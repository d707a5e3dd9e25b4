using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;

namespace LdmMl.Cli.Output;

/// <summary>The facts of an autoencoder that a person or a program asks for.</summary>
internal sealed record ModelInfo(
    string Source, string Kind, long Parameters, double MegabytesInMemory, ConvolutionInfo Convolutions, int ImageChannels, int DownsampleFactor,
    int LatentChannels, string PixelRange, double LatentScale, double LatentShift, string Weights,
    IReadOnlyList<string> MissingKeys, IReadOnlyList<string> UnexpectedKeys)
{
    public static ModelInfo Of(AutoencoderModel model)
    {
        var config = model.Config;
        return new(
            model.Source, KindOf(config), model.ParameterCount, model.ParameterCount * 4 / 1e6,
            ConvolutionInfo.Of(model.Convolutions, model.TransformedWeightBytes),
            config.ImageChannels, config.DownsampleFactor, config.LatentChannels,
            config.PixelRange == Torch.Tensors.PixelRange.ZeroToOne ? "[0, 1]" : "[-1, 1]", config.LatentScale, config.LatentShift,
            model.LoadReport.WeightSource == Torch.Checkpoints.WeightSource.MovingAverage ? "moving averages" : "trained weights",
            model.LoadReport.Missing, model.LoadReport.Unexpected);
    }

    public IEnumerable<(string What, string Value)> Rows()
    {
        yield return ("model", Source);
        yield return ("kind", Kind);
        yield return ("parameters", $"{Parameters:N0} ({MegabytesInMemory:F1} MB as float32)");
        yield return ("convolutions", Convolutions.ToString());
        yield return ("image", $"{ImageChannels} channels in {PixelRange}, sides multiples of {DownsampleFactor}");
        var side = 256 / DownsampleFactor;
        yield return ("latent", $"{LatentChannels} channels, {DownsampleFactor}x smaller on each axis; 256x256 gives {LatentChannels}x{side}x{side}");
        yield return ("latent scale", LatentShift == 0 ? $"{LatentScale:R}" : $"{LatentScale:R}, shift {LatentShift:R}");
        yield return ("weights", Weights);
        yield return ("keys", MissingKeys.Count + UnexpectedKeys.Count == 0
            ? "all present, none unused"
            : $"missing: {List(MissingKeys)}; not used: {List(UnexpectedKeys)}");
    }

    private static string KindOf(AutoencoderConfig config) => config switch
    {
        KlAutoencoderConfig => "KL autoencoder",
        VqAutoencoderConfig => "VQ autoencoder",
        TinyAutoencoderConfig => "tiny autoencoder (TAESD)",
        _ => config.GetType().Name,
    };

    internal static string List(IReadOnlyList<string> keys) =>
        keys.Count == 0 ? "none" : string.Join(", ", keys.Take(5)) + (keys.Count > 5 ? $" and {keys.Count - 5} more" : "");
}
