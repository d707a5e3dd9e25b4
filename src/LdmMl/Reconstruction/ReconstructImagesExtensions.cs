using LdmMl.Internals;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Adds <c>ReconstructImages</c> to <c>mlContext.Transforms</c>.</summary>
public static class ReconstructImagesExtensions
{
    /// <summary>Encodes images and decodes them again; what is lost is what the autoencoder cannot keep.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column to append: opaque images of the input's size.</param>
    /// <param name="inputColumnName">The image column to read; <paramref name="outputColumnName"/> where null.</param>
    /// <param name="autoencoder">The autoencoder. The estimator borrows it; every transformer that is fitted opens a handle of its own.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; the MLContext's where null.</param>
    /// <param name="fallbackToCpu">Whether the CPU takes over where the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <remarks>A missing image gives a null image.</remarks>
    public static ReconstructImagesEstimator ReconstructImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName,
        AutoencoderModel autoencoder,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false) =>
        catalog.ReconstructImages(autoencoder, new ReconstructImagesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <summary>Encodes images and decodes them again; what is lost is what the autoencoder cannot keep.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="autoencoder">The autoencoder. The estimator borrows it; every transformer that is fitted opens a handle of its own.</param>
    /// <param name="options">Columns, batch size, device, sizes.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static ReconstructImagesEstimator ReconstructImages(
        this TransformsCatalog catalog, AutoencoderModel autoencoder, ReconstructImagesOptions options) =>
        new(MlHost.EnvironmentOf(catalog), autoencoder, options);
}
