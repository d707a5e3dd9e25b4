using Microsoft.ML;

namespace LdmMl;

/// <summary>Adds <c>LatentDiffusion()</c> to <see cref="MLContext"/>.</summary>
public static class LatentDiffusionExtensions
{
    /// <summary>Gets what latent diffusion adds beside transforms: its trainers.</summary>
    /// <param name="mlContext">The context.</param>
    /// <returns>The catalog.</returns>
    public static LatentDiffusionCatalog LatentDiffusion(this MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return new LatentDiffusionCatalog(mlContext);
    }
}
