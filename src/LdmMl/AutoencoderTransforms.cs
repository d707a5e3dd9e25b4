using LdmMl.Rows;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Transforms.Decode;
using LdmMl.Transforms.Encode;
using LdmMl.Transforms.Interpolate;
using LdmMl.Transforms.Reconstruct;
using Microsoft.ML;

#pragma warning disable CS1573   // overloads with options inherit the documentation of their other parameters

namespace LdmMl;

/// <summary>The transforms of an autoencoder: encode, decode, reconstruct, interpolate. Members of <c>mlContext.Transforms</c>; see <see cref="LdmMlCatalog"/>.</summary>
public static class AutoencoderTransforms
{
    /// <summary>Encodes images to latents Vector&lt;Single, C, H, W&gt;, scaled to about unit variance: the means of their posteriors.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column of latents to append.</param>
    /// <param name="autoencoder">The autoencoder.</param>
    /// <param name="inputColumnName">The image column to read; null means <paramref name="outputColumnName"/>.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; null means the MLContext's.</param>
    /// <param name="fallbackToCpu">Whether to fall back to the CPU if the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <remarks>A missing image gives a vector of NaN, which <c>FilterRowsByMissingValues</c> drops.</remarks>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64)
    ///     .Append(mlContext.Transforms.EncodeImages("Latent", autoencoder, "Image"))
    ///     .Append(mlContext.Clustering.Trainers.KMeans("Latent", numberOfClusters: 8));
    /// </code>
    /// </example>
    public static IEstimator<RowTransformer> EncodeImages(
        this TransformsCatalog catalog, string outputColumnName, AutoencoderModel autoencoder, string? inputColumnName = null,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        catalog.EncodeImages(autoencoder, new EncodeImagesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <param name="options">Columns, seeds, padding, batch size, device.</param>
    /// <inheritdoc cref="EncodeImages(TransformsCatalog, string, AutoencoderModel, string?, int?, bool)"/>
    public static IEstimator<RowTransformer> EncodeImages(
        this TransformsCatalog catalog, AutoencoderModel autoencoder, EncodeImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(autoencoder);
        return RowEstimator.Create(
            catalog, EncodeImagesTransformer.ColumnsOf(autoencoder.Config, options),
            environment => new EncodeImagesTransformer(environment, autoencoder, options));
    }

    /// <summary>Decodes latents Vector&lt;Single, C, H, W&gt;, scaled as <c>EncodeImages</c> gives them, to images.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The image column to append.</param>
    /// <param name="autoencoder">The autoencoder.</param>
    /// <param name="inputColumnName">The column of latents to read; null means <paramref name="outputColumnName"/>.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; null means the MLContext's.</param>
    /// <param name="fallbackToCpu">Whether to fall back to the CPU if the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <remarks>A latent that holds NaN is missing: it gives a null image.</remarks>
    /// <example>
    /// <code>
    /// using var decode = mlContext.Transforms.DecodeLatents("Image", autoencoder, "Latent").Fit(data);
    /// var decoded = decode.Transform(data).GetColumn&lt;MLImage&gt;("Image").ToList();
    /// </code>
    /// </example>
    public static IEstimator<RowTransformer> DecodeLatents(
        this TransformsCatalog catalog, string outputColumnName, AutoencoderModel autoencoder, string? inputColumnName = null,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        catalog.DecodeLatents(autoencoder, new DecodeLatentsOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <param name="options">Columns, batch size, device.</param>
    /// <inheritdoc cref="DecodeLatents(TransformsCatalog, string, AutoencoderModel, string?, int?, bool)"/>
    public static IEstimator<RowTransformer> DecodeLatents(
        this TransformsCatalog catalog, AutoencoderModel autoencoder, DecodeLatentsOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return RowEstimator.Create(
            catalog, DecodeLatentsTransformer.ColumnsOf(autoencoder.Config, options),
            environment => new DecodeLatentsTransformer(environment, autoencoder, options));
    }

    /// <summary>Encodes images and decodes them again: the result lacks what the autoencoder does not preserve.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The image column to append: opaque images of the input's size.</param>
    /// <param name="autoencoder">The autoencoder.</param>
    /// <param name="inputColumnName">The image column to read; null means <paramref name="outputColumnName"/>.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; null means the MLContext's.</param>
    /// <param name="fallbackToCpu">Whether to fall back to the CPU if the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <remarks>A missing image gives a null image.</remarks>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64)
    ///     .Append(mlContext.Transforms.ReconstructImages("Reconstruction", autoencoder, "Image"))
    ///     .Append(mlContext.Transforms.ScoreImageQuality("Image", "Reconstruction"));
    /// </code>
    /// </example>
    public static IEstimator<RowTransformer> ReconstructImages(
        this TransformsCatalog catalog, string outputColumnName, AutoencoderModel autoencoder, string? inputColumnName = null,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        catalog.ReconstructImages(autoencoder, new ReconstructImagesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <param name="options">Columns, padding, batch size, device.</param>
    /// <inheritdoc cref="ReconstructImages(TransformsCatalog, string, AutoencoderModel, string?, int?, bool)"/>
    public static IEstimator<RowTransformer> ReconstructImages(
        this TransformsCatalog catalog, AutoencoderModel autoencoder, ReconstructImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return RowEstimator.Create(
            catalog, ReconstructImagesTransformer.ColumnsOf(autoencoder.Config, options),
            environment => new ReconstructImagesTransformer(environment, autoencoder, options));
    }

    /// <summary>
    /// Appends the spherical linear interpolation of two latents (Shoemake 1985); decoded, images between two images.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The latent column to append, of the same shape.</param>
    /// <param name="firstColumnName">The column of latents at fraction 0.</param>
    /// <param name="secondColumnName">The column of latents at fraction 1.</param>
    /// <param name="fraction">
    /// The position between the first (0) and the second (1), the same for all rows; the options can name a column instead.
    /// </param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or the fraction is out of range.</exception>
    /// <remarks>
    /// At 0 and 1 the result is the latent itself. If there is no unique shortest arc (a latent of zeros, or latents that are parallel or
    /// opposite), the interpolation is linear. A missing latent, which holds NaN, gives a missing one.
    /// </remarks>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.InterpolateLatents("Between", "First", "Second", fraction: 0.25)
    ///     .Append(mlContext.Transforms.DecodeLatents("Image", autoencoder, "Between"));
    /// </code>
    /// </example>
    public static IEstimator<RowTransformer> InterpolateLatents(
        this TransformsCatalog catalog, string outputColumnName, string firstColumnName, string secondColumnName, double fraction = 0.5) =>
        catalog.InterpolateLatents(new InterpolateLatentsOptions
        {
            OutputColumnName = outputColumnName, FirstColumnName = firstColumnName, SecondColumnName = secondColumnName, Fraction = fraction,
        });

    /// <param name="options">Columns; one fraction for all rows, or a column of them.</param>
    /// <inheritdoc cref="InterpolateLatents(TransformsCatalog, string, string, string, double)"/>
    public static IEstimator<RowTransformer> InterpolateLatents(this TransformsCatalog catalog, InterpolateLatentsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return RowEstimator.Create(
            catalog, InterpolateLatentsTransformer.ColumnsOf(options), environment => new InterpolateLatentsTransformer(environment, options));
    }
}
