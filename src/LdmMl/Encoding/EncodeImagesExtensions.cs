using LdmMl.Internals;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Adds <c>EncodeImages</c> to <c>mlContext.Transforms</c>.</summary>
public static class EncodeImagesExtensions
{
    /// <summary>Encodes images to latents Vector&lt;Single, C, H, W&gt;, scaled to about unit variance: the means of their posteriors.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column to append.</param>
    /// <param name="inputColumnName">The image column to read; <paramref name="outputColumnName"/> where null.</param>
    /// <param name="autoencoder">The autoencoder. The estimator borrows it; every transformer that is fitted opens a handle of its own.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; the MLContext's where null.</param>
    /// <param name="fallbackToCpu">Whether the CPU takes over where the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <remarks>A missing image gives a vector of NaN, which <c>FilterRowsByMissingValues</c> drops.</remarks>
    public static EncodeImagesEstimator EncodeImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName,
        AutoencoderModel autoencoder,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false) =>
        catalog.EncodeImages(autoencoder, new EncodeImagesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <summary>Encodes images to latents Vector&lt;Single, C, H, W&gt;, scaled to about unit variance.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="autoencoder">The autoencoder. The estimator borrows it; every transformer that is fitted opens a handle of its own.</param>
    /// <param name="options">Columns, batch size, device, seeds.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or seeds are given for an autoencoder that has no posterior to sample.
    /// </exception>
    public static EncodeImagesEstimator EncodeImages(this TransformsCatalog catalog, AutoencoderModel autoencoder, EncodeImagesOptions options) =>
        new(MlHost.EnvironmentOf(catalog), autoencoder, options);
}
