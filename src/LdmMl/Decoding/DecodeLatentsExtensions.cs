using LdmMl.Internals;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Adds <c>DecodeLatents</c> to <c>mlContext.Transforms</c>.</summary>
public static class DecodeLatentsExtensions
{
    /// <summary>Decodes latents Vector&lt;Single, C, H, W&gt;, scaled as <c>EncodeImages</c> gives them, to images.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column to append.</param>
    /// <param name="inputColumnName">The latent column to read; <paramref name="outputColumnName"/> where null.</param>
    /// <param name="autoencoder">The autoencoder. The estimator borrows it; every transformer that is fitted opens a handle of its own.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; the MLContext's where null.</param>
    /// <param name="fallbackToCpu">Whether the CPU takes over where the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <remarks>A latent that holds NaN is missing: it gives a null image.</remarks>
    public static DecodeLatentsEstimator DecodeLatents(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName,
        AutoencoderModel autoencoder,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false) =>
        catalog.DecodeLatents(autoencoder, new DecodeLatentsOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <summary>Decodes latents Vector&lt;Single, C, H, W&gt;, scaled as <c>EncodeImages</c> gives them, to images.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="autoencoder">The autoencoder. The estimator borrows it; every transformer that is fitted opens a handle of its own.</param>
    /// <param name="options">Columns, batch size, device.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static DecodeLatentsEstimator DecodeLatents(this TransformsCatalog catalog, AutoencoderModel autoencoder, DecodeLatentsOptions options) =>
        new(MlHost.EnvironmentOf(catalog), autoencoder, options);
}
