using LdmMl.Internals;
using LdmMl.Torch.Tensors;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Adds <c>ResizeImagesAntialiased</c> to <c>mlContext.Transforms</c>.</summary>
public static class ResizeImagesExtensions
{
    /// <summary>
    /// Brings images to one size with Pillow's antialiased filters, equal to it to the last bit. ML.NET's own <c>ResizeImages</c> aliases,
    /// which moves every score.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The image column to append; its type holds the size.</param>
    /// <param name="inputColumnName">The image column to read; <paramref name="outputColumnName"/> where null.</param>
    /// <param name="width">The width wanted, at least 1.</param>
    /// <param name="height">The height wanted, at least 1.</param>
    /// <param name="fit">What happens where an image has other proportions.</param>
    /// <param name="filter">How new pixels are made of old ones.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or a size below 1.</exception>
    /// <remarks>A missing image stays missing.</remarks>
    public static ResizeImagesEstimator ResizeImagesAntialiased(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName,
        int width,
        int height,
        ImageFit fit = ImageFit.CropToFill,
        ResizeFilter filter = ResizeFilter.Bicubic) =>
        catalog.ResizeImagesAntialiased(new ResizeImagesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, Width = width, Height = height, Fit = fit, Filter = filter,
        });

    /// <summary>Brings images to one size with Pillow's antialiased filters, equal to it to the last bit.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns, size, fit, filter, background.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static ResizeImagesEstimator ResizeImagesAntialiased(this TransformsCatalog catalog, ResizeImagesOptions options) =>
        new(MlHost.EnvironmentOf(catalog), options);
}
