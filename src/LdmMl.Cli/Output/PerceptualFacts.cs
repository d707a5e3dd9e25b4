using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Output;

/// <summary>A perceptual distance, as a document names it.</summary>
internal sealed record PerceptualFacts(string Name, bool IsCalibrated, string Fingerprint, string Convolutions, string Source)
{
    public static PerceptualFacts? Of(PerceptualModel? model) =>
        model is null ? null : new(model.Name, model.IsCalibrated, model.Fingerprint, ConvolutionNames.Of(model.Convolutions), model.Source);
}
