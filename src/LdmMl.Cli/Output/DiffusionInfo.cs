using LdmMl.Cli.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Cli.Output;

/// <summary>The facts of a whole latent diffusion model that a person or a program asks for.</summary>
internal sealed record DiffusionInfo(
    string Source, string Kind, long Parameters, double MegabytesInMemory, ConvolutionInfo Convolutions, int Width, int Height,
    IReadOnlyList<int> Latent, string Network, long NetworkParameters, string Prediction, string Schedule, string Conditioning,
    int? LabelCount, IReadOnlyList<string> Labels, bool? HasNullLabel, string Sampler, int Steps, string Weights,
    IReadOnlyList<string> MissingKeys, IReadOnlyList<string> UnexpectedKeys, ModelInfo FirstStage, IReadOnlyList<string> Loras,
    IReadOnlyList<string> Words)
{
    // More labels than these are only in the JSON file.
    private const int LabelsShown = 30;

    public static DiffusionInfo Of(LatentDiffusionModel model)
    {
        var (config, first, labels) = (model.Config, model.Autoencoder, model.Config.Conditioning as LabelConditioning);
        return new(
            model.Source, "latent diffusion model", model.ParameterCount, model.ParameterCount * 4 / 1e6,
            ConvolutionInfo.Of(model.Convolutions, model.TransformedWeightBytes), model.DefaultWidth, model.DefaultHeight,
            [first.Config.LatentChannels, config.LatentHeight, config.LatentWidth],
            Describe(config.UNet), model.ParameterCount - first.ParameterCount, config.Prediction.ToString(), Describe(config.Schedule),
            Describe(config.Conditioning), labels?.Count, labels?.Names ?? [], labels?.HasNullLabel,
            config.Sampling.Sampler.ToString()!, config.Sampling.Steps,
            model.LoadReport.WeightSource == WeightSource.MovingAverage ? "moving averages" : "trained weights",
            model.LoadReport.Missing, model.LoadReport.Unexpected, ModelInfo.Of(first),
            [.. model.Loras.Select(merged => merged.ToString())], model.Words);
    }

    public IEnumerable<(string What, string Value)> Rows()
    {
        yield return ("model", Source);
        yield return ("kind", Kind);
        var parts = $"U-Net {NetworkParameters:N0}, autoencoder {FirstStage.Parameters:N0}";
        yield return ("parameters", $"{Parameters:N0} ({MegabytesInMemory:F1} MB as float32): {parts}");
        yield return ("convolutions", Convolutions.ToString());
        yield return ("image", $"{Width}x{Height}, {FirstStage.ImageChannels} channels");
        yield return ("latent", $"{string.Join('x', Latent)}, scale {FirstStage.LatentScale:R}");
        if (FirstStage.Channels() is { } channels)
            yield return ("latent channels", channels);
        yield return ("autoencoder", $"{FirstStage.Kind}, {FirstStage.DownsampleFactor}x smaller on each axis");
        yield return ("U-Net", Network);
        yield return ("predicts", Choices.Hyphenated(Prediction));
        yield return ("schedule", Schedule);
        yield return ("conditioned on", Conditioning);
        var more = Labels.Count > LabelsShown ? $" and {Labels.Count - LabelsShown} more" : "";
        if (Labels.Count > 0)
            yield return ("labels", string.Join(", ", Labels.Take(LabelsShown)) + more);
        yield return ("sampler", $"{Choices.ShownName(Sampler)}, {Steps} steps by default");
        yield return ("weights", Weights);
        if (Loras.Count > 0)
            yield return ("LoRA", string.Join(", ", Loras));
        if (Words.Count > 0)
            yield return ("learned words", string.Join(", ", Words));
        yield return ("keys", MissingKeys.Count + UnexpectedKeys.Count == 0
            ? "all present, none unused"
            : $"missing: {ModelInfo.List(MissingKeys)}; not used: {ModelInfo.List(UnexpectedKeys)}");
    }

    private static string Describe(UNetConfig config)
    {
        var levels = string.Join(", ", config.AttentionFactors.Select(factor => $"1/{factor}"));
        var blocks = config.ResidualBlocks == 1 ? "1 residual block" : $"{config.ResidualBlocks} residual blocks";
        return $"{config.BaseChannels} channels x {string.Join(" ", config.ChannelMultipliers)}, {blocks} per level, "
            + $"attention at {(levels.Length == 0 ? "" : $"{levels} and ")}the middle"
            + (config.ContextDimension is { } dimension ? $", to tokens of width {dimension}" : "");
    }

    private static string Describe(NoiseScheduleConfig schedule) => $"{schedule.Steps} steps, " + (schedule.Curve switch
    {
        BetaCurve.Cosine => "cosine",
        BetaCurve.Trained => "its own betas",
        var curve => $"{Choices.NameOf(curve)} from {schedule.FirstBeta} to {schedule.LastBeta}",
    }) + (schedule.ZeroTerminalSnr ? ", zero terminal SNR" : "");

    private static string Describe(Conditioning conditioning) => conditioning switch
    {
        LabelConditioning labels => $"one of {labels.Count} labels" + (labels.HasNullLabel ? ", or none; takes --guidance" : ""),
        ContextConditioning context => $"{context.Tokens} tokens of width {context.Dimension}, from a text encoder",
        ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage } => "a small image to enlarge",
        ConcatenatedConditioning => "an image and a mask to paint in",
        _ => "nothing",
    };
}
