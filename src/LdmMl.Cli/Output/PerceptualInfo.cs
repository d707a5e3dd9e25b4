using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Output;

/// <summary>The facts of a perceptual distance that a person or a program asks for.</summary>
internal sealed record PerceptualInfo(
    string Source, string Kind, long Parameters, double MegabytesInMemory, int MinimumSize, IReadOnlyList<string> Layers,
    string Fingerprint, string Use)
{
    public static PerceptualInfo Of(PerceptualModel model) => new(
        model.Source, model.Name, model.ParameterCount, model.ParameterCount * 4 / 1e6, model.MinimumSize, model.LayerNames,
        model.Fingerprint,
        model.IsCalibrated
            ? "--lpips of score, compare and train autoencoder"
            : "--perceptual of score, compare and train autoencoder; --features of evaluate");

    public IEnumerable<(string What, string Value)> Rows()
    {
        yield return ("model", Source);
        yield return ("kind", Kind);
        yield return ("parameters", $"{Parameters:N0} ({MegabytesInMemory:F1} MB as float32)");
        yield return ("images", $"at least {MinimumSize}x{MinimumSize} pixels");
        yield return ("layers", string.Join(", ", Layers));
        yield return ("fingerprint", Fingerprint);
        yield return ("used by", Use);
    }
}
