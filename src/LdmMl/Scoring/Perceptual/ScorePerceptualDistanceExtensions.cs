using LdmMl.Internals;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Adds <c>ScorePerceptualDistance</c> to <c>mlContext.Transforms</c>.</summary>
public static class ScorePerceptualDistanceExtensions
{
    /// <summary>
    /// Appends how different images look from their references (Zhang et al. 2018): LPIPS, or an uncalibrated distance, as the model is.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">
    /// The column to append: Single, 0 for equal images. Its annotations say what made it: <see cref="PerceptualAnnotations"/>.
    /// </param>
    /// <param name="referenceColumnName">The column of references.</param>
    /// <param name="candidateColumnName">The column of images to score, each of its reference's size.</param>
    /// <param name="perceptualModel">The model. The estimator borrows it; every transformer that is fitted opens a handle of its own.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; the MLContext's where null.</param>
    /// <param name="fallbackToCpu">Whether the CPU takes over where the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <remarks>Where an image is missing the distance is NaN.</remarks>
    public static ScorePerceptualDistanceEstimator ScorePerceptualDistance(
        this TransformsCatalog catalog,
        string outputColumnName,
        string referenceColumnName,
        string candidateColumnName,
        PerceptualModel perceptualModel,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false) =>
        catalog.ScorePerceptualDistance(perceptualModel, new ScorePerceptualDistanceOptions
        {
            OutputColumnName = outputColumnName,
            ReferenceColumnName = referenceColumnName,
            CandidateColumnName = candidateColumnName,
            GpuDeviceId = gpuDeviceId,
            FallbackToCpu = fallbackToCpu,
        });

    /// <summary>Appends how different images look from their references, in all, by layer and by pixel.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="perceptualModel">The model. The estimator borrows it; every transformer that is fitted opens a handle of its own.</param>
    /// <param name="options">Columns, batch size, device.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static ScorePerceptualDistanceEstimator ScorePerceptualDistance(
        this TransformsCatalog catalog, PerceptualModel perceptualModel, ScorePerceptualDistanceOptions options) =>
        new(MlHost.EnvironmentOf(catalog), perceptualModel, options);
}
