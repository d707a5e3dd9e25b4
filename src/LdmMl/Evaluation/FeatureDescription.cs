using LdmMl.Torch.Models.Features;

namespace LdmMl.Evaluation;

/// <summary>The features that describe a set of images.</summary>
/// <param name="Name">Their name.</param>
/// <param name="Fingerprint">The hash of the model's weights; null for a column, whose origin is unknown.</param>
/// <param name="Dimensions">The length of a vector.</param>
/// <param name="IsInception">Whether a Fréchet distance of them is FID.</param>
/// <param name="Caution">The model's own warning, if any.</param>
internal sealed record FeatureDescription(string Name, string? Fingerprint, int Dimensions, bool IsInception, string? Caution)
{
    public static FeatureDescription Of(FeatureModel model) => new(model.Name, model.Fingerprint, model.Dimensions, model.IsInception, model.Caution);

    /// <summary>Describes a column; whether its features are Inception's cannot be known.</summary>
    public static FeatureDescription OfColumn(string name, int dimensions) =>
        new($"column '{name}'", Fingerprint: null, dimensions, IsInception: false, Caution: null);

    /// <summary>Gets the name of a Fréchet distance of these features.</summary>
    public string DistanceName => IsInception ? "FID" : $"Fréchet distance ({Name})";

    /// <summary>Gets the name of a kernel distance of these features.</summary>
    public string KernelDistanceName => IsInception ? "KID" : "Kernel distance";

    /// <exception cref="ArgumentException">The other features come from a different model.</exception>
    public void RequireSame(FeatureDescription other)
    {
        if (Name == other.Name && Fingerprint == other.Fingerprint && Dimensions == other.Dimensions)
            return;
        var difference = Name == other.Name && Dimensions == other.Dimensions
            ? "the same with other weights"
            : $"{other.Name}, {other.Dimensions} dimensions";
        throw new ArgumentException(
            $"One set was described by {Name}, {Dimensions} dimensions, the other by {difference}. Describe both with the same features.");
    }
}
