using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Tensors;

namespace LdmMl;

/// <summary>
/// Options of <see cref="LatentDiffusionCatalog.EvaluateGeneration(Microsoft.ML.IDataView, Microsoft.ML.IDataView, GenerationEvaluationOptions, CancellationToken)"/>.
/// </summary>
public sealed record GenerationEvaluationOptions
{
    /// <summary>
    /// Gets what describes the images of <see cref="ImageColumnName"/>; it runs on the handle's device and with its settings, and remains the
    /// caller's.
    /// </summary>
    /// <value>Default: null: <see cref="FeatureColumnName"/> holds features already.</value>
    public FeatureModel? FeatureModel { get; init; }

    /// <summary>
    /// Gets the name of the column of features, vectors of Single, in both data views; used where there is no <see cref="FeatureModel"/>.
    /// </summary>
    /// <value>Default: <c>Features</c>.</value>
    public string FeatureColumnName { get; init; } = "Features";

    /// <summary>Gets the name of the column of images in both data views; used with a <see cref="FeatureModel"/>.</summary>
    /// <value>Default: <c>Image</c>.</value>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>Gets how many rows of each set are kept for the metrics that need more than mean and covariance.</summary>
    /// <value>Default: 10,000: 83 MB of Inception features. Larger sets are represented by a random sample of that size.</value>
    public int SampleCapacity { get; init; } = 10_000;

    /// <summary>Gets the seed of the sample; the same seed and rows give the same sample, in any order.</summary>
    /// <value>Default: 0.</value>
    public long Seed { get; init; }

    /// <summary>Gets kernel and subsets of the kernel distance.</summary>
    /// <value>Default: the paper's.</value>
    public KernelDistanceSettings Kernel { get; init; } = new();

    /// <summary>Gets the neighbour to which the ball around an image reaches in precision and recall.</summary>
    /// <value>Default: 3, as in the paper.</value>
    public int PrecisionNeighbours { get; init; } = 3;

    /// <summary>Gets the neighbour to which the ball around a real image reaches in density and coverage.</summary>
    /// <value>Default: 5, as in the paper.</value>
    public int DensityNeighbours { get; init; } = 5;

    /// <summary>Gets how many images go through the model at once; the figures are the same for every number.</summary>
    /// <value>Default: 16.</value>
    public int BatchSize { get; init; } = 16;

    /// <summary>Gets the colour behind transparent pixels.</summary>
    /// <value>Default: white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>Gets the receiver of the number of rows read so far, counted over both sets and reported after each row.</summary>
    /// <value>Default: null.</value>
    public IProgress<long>? Progress { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(FeatureColumnName);
        ArgumentException.ThrowIfNullOrEmpty(ImageColumnName);
        ArgumentNullException.ThrowIfNull(Kernel);
        ArgumentOutOfRangeException.ThrowIfLessThan(SampleCapacity, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(PrecisionNeighbours, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DensityNeighbours, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        Kernel.Validate();
    }
}
