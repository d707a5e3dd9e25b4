using LdmMl.Torch.Metrics;
using LdmMl.Torch.Metrics.Statistics;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;

namespace LdmMl;

/// <summary>
/// Options of <see cref="LatentDiffusionCatalog.EvaluateReconstruction(Microsoft.ML.IDataView, ReconstructionEvaluationOptions, CancellationToken)"/>.
/// </summary>
public sealed record ReconstructionEvaluationOptions
{
    /// <summary>Gets the name of the column of originals.</summary>
    /// <value>Default: <c>Image</c>.</value>
    public string ReferenceColumnName { get; init; } = "Image";

    /// <summary>Gets the name of the column of reconstructions, each of its original's size.</summary>
    /// <value>Default: <c>Reconstruction</c>.</value>
    public string CandidateColumnName { get; init; } = "Reconstruction";

    /// <summary>Gets what measures perceptual distances; it runs on the handle's device and with its settings, and remains the caller's.</summary>
    /// <value>Default: null, none are measured.</value>
    public PerceptualModel? PerceptualModel { get; init; }

    /// <summary>Gets what describes images for the Fréchet distance between originals and reconstructions, likewise.</summary>
    /// <value>Default: null, it is not computed.</value>
    public FeatureModel? FeatureModel { get; init; }

    /// <summary>Gets how structural similarity is computed.</summary>
    /// <value>Default: <see cref="SsimSettings.ScikitImage"/>.</value>
    public SsimSettings Ssim { get; init; } = SsimSettings.ScikitImage;

    /// <summary>Gets how multi-scale structural similarity is computed, where the images are large enough for it.</summary>
    /// <value>Default: <see cref="SsimSettings.Wang2004"/>, which needs 176 pixels on each side.</value>
    public SsimSettings MsSsim { get; init; } = SsimSettings.Wang2004;

    /// <summary>Gets how the confidence intervals are computed.</summary>
    /// <value>Default: 95 %, 10,000 resamples, seed 0.</value>
    public BootstrapOptions Bootstrap { get; init; } = new();

    /// <summary>Gets how many pairs are measured at once; the figures are the same for every number.</summary>
    /// <value>Default: 16.</value>
    public int BatchSize { get; init; } = 16;

    /// <summary>Gets the colour behind transparent pixels of both images.</summary>
    /// <value>Default: white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>Gets the receiver of the number of rows read so far, reported after each row.</summary>
    /// <value>Default: null.</value>
    public IProgress<long>? Progress { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(ReferenceColumnName);
        ArgumentException.ThrowIfNullOrEmpty(CandidateColumnName);
        ArgumentNullException.ThrowIfNull(Ssim);
        ArgumentNullException.ThrowIfNull(MsSsim);
        ArgumentNullException.ThrowIfNull(Bootstrap);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        Ssim.Validate();
        MsSsim.Validate();
        Bootstrap.Validate();
    }
}
