using LdmMl.Internals;
using LdmMl.Torch.Generation;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Adds <c>GenerateImages</c> to <c>mlContext.Transforms</c>.</summary>
public static class GenerateImagesExtensions
{
    /// <summary>Generates an image for each row (Rombach et al. 2022), out of nothing but the row's seed and label.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The image column to append; its type holds the size.</param>
    /// <param name="latentDiffusion">The model. The estimator borrows it; every transformer that is fitted opens a handle of its own.</param>
    /// <param name="seedColumnName">The column of seeds, Int64. The same seed gives the same image, alone, in any batch and in any order.</param>
    /// <param name="labelColumnName">The column of labels, text or key; null for images of any label.</param>
    /// <param name="steps">How many steps the sampler takes; as many as are usual for the model where null.</param>
    /// <param name="guidanceScale">How far images are pushed towards their labels (Ho and Salimans 2022); 1 is not at all and half the work.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; the MLContext's where null.</param>
    /// <param name="fallbackToCpu">Whether the CPU takes over where the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or the model needs or takes something else.</exception>
    /// <remarks>
    /// A label that the model does not know is an error that names the row; a missing one (an empty text) makes an image of any label, where the
    /// model learnt to. An MLContext that is told to cancel stops between two steps of sampling.
    /// </remarks>
    public static GenerateImagesEstimator GenerateImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        LatentDiffusionModel latentDiffusion,
        string seedColumnName = "Seed",
        string? labelColumnName = null,
        int? steps = null,
        double guidanceScale = 1.0,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false)
    {
        ArgumentNullException.ThrowIfNull(latentDiffusion);
        return catalog.GenerateImages(latentDiffusion, new GenerateImagesOptions
        {
            OutputColumnName = outputColumnName,
            SeedColumnName = seedColumnName,
            LabelColumnName = labelColumnName,
            Settings = new GenerationSettings
            {
                Sampling = steps is { } count ? latentDiffusion.Config.Sampling with { Steps = count } : null,
                GuidanceScale = guidanceScale,
            },
            GpuDeviceId = gpuDeviceId,
            FallbackToCpu = fallbackToCpu,
        });
    }

    /// <summary>Generates an image for each row: out of noise, or out of an image, wholly or where a mask says.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="latentDiffusion">The model. The estimator borrows it; every transformer that is fitted opens a handle of its own.</param>
    /// <param name="options">Columns, sampler, guidance, size, batch size, device.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the model needs or takes something else.</exception>
    public static GenerateImagesEstimator GenerateImages(
        this TransformsCatalog catalog, LatentDiffusionModel latentDiffusion, GenerateImagesOptions options) =>
        new(MlHost.EnvironmentOf(catalog), latentDiffusion, options);
}
