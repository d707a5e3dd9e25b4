using LdmMl.Evaluation;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Tensors;

namespace LdmMl;

/// <summary>
/// A set of images as
/// <see cref="LatentDiffusionCatalog.EvaluateGeneration(FeatureSetStatistics, FeatureSetStatistics, GenerationEvaluationOptions?)"/> needs it: mean
/// and covariance of its features, and a bounded sample of them. Parts of a set that were read separately are joined by <see cref="Merge"/>.
/// </summary>
public sealed class FeatureSetStatistics : IFeatureRows
{
    internal FeatureSetStatistics(FeatureDescription features, int capacity, long seed)
    {
        Features = features;
        Moments = new FrechetStatistics(features.Dimensions);
        Sample = new FeatureSample(features.Dimensions, capacity, seed);
    }

    /// <summary>Gets the name of the features: that of the model, or of the column.</summary>
    public string FeatureName => Features.Name;

    /// <summary>Gets the hash of the feature model's weights; null if the features came from a column.</summary>
    public string? FeatureFingerprint => Features.Fingerprint;

    /// <summary>Gets the length of a feature vector.</summary>
    public int Dimensions => Features.Dimensions;

    /// <summary>Gets how many rows were described.</summary>
    public long Count => Moments.Count;

    /// <summary>Gets how many rows were left out because their image or vector is missing.</summary>
    public long MissingCount { get; private set; }

    /// <summary>Gets the mean and the covariance.</summary>
    public FrechetStatistics Moments { get; }

    /// <summary>Gets the sample.</summary>
    public FeatureSample Sample { get; }

    internal FeatureDescription Features { get; }

    internal ImageSizes Sizes { get; } = new();

    /// <summary>Joins the rows of another part, as if they had been read with these.</summary>
    /// <param name="other">The other part, which stays as it is.</param>
    /// <exception cref="ArgumentException">
    /// It was made with other features, another sample capacity or another seed, or it is this part itself.
    /// </exception>
    public void Merge(FeatureSetStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Features.RequireSame(other.Features);
        Sample.Merge(other.Sample);
        Moments.Merge(other.Moments);
        Sizes.Merge(other.Sizes);
        MissingCount += other.MissingCount;
    }

    internal void Add(ImageSize size) => Sizes.Add(size);

    internal void Add(ReadOnlySpan<float> features)
    {
        Moments.Add(features);
        Sample.Add(features);
    }

    void IFeatureRows.Add(ImageSize size) => Add(size);

    void IFeatureRows.Add(ReadOnlySpan<float> features) => Add(features);

    void IFeatureRows.AddMissing() => MissingCount++;

    /// <summary>Formats the statistics in one line.</summary>
    /// <returns>Such as <c>500 rows of 2048 features (Inception-v3 pool3)</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Count} rows of {Dimensions} features ({FeatureName})");
}
