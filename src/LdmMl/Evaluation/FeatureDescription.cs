using LdmMl.Torch.Models.Features;

namespace LdmMl.Evaluation;

/// <summary>Which features a set was described with.</summary>
/// <param name="Name">What they are called.</param>
/// <param name="Fingerprint">The hash of the model's weights; null for a column, whose making is unknown here.</param>
/// <param name="Dimensions">Values in a vector.</param>
/// <param name="IsInception">Whether a Fréchet distance of them is FID.</param>
/// <param name="Caution">What the model says about itself.</param>
internal sealed record FeatureDescription(string Name, string? Fingerprint, int Dimensions, bool IsInception, string? Caution)
{
    public static FeatureDescription Of(FeatureModel model) => new(model.Name, model.Fingerprint, model.Dimensions, model.IsInception, model.Caution);

    /// <summary>Describes a column; nobody can know whether its features are Inception's.</summary>
    public static FeatureDescription OfColumn(string name, int dimensions) =>
        new($"column '{name}'", Fingerprint: null, dimensions, IsInception: false, Caution: null);

    /// <summary>Gets what a Fréchet distance of these features is called.</summary>
    public string DistanceName => IsInception ? "FID" : $"Fréchet distance ({Name})";

    /// <summary>Gets what a kernel distance of these features is called.</summary>
    public string KernelDistanceName => IsInception ? "KID" : "Kernel distance";

    /// <exception cref="ArgumentException">The other features are of another model.</exception>
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
