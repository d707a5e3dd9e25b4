using LdmMl.Rows;
using LdmMl.Torch.Tensors;
using LdmMl.Transforms.Load;
using LdmMl.Transforms.Resize;
using Microsoft.ML;

#pragma warning disable CS1573   // overloads with options inherit the documentation of their other parameters

namespace LdmMl;

/// <summary>The transforms of images without a model: load files, resize. Members of <c>mlContext.Transforms</c>; see <see cref="LdmMlCatalog"/>.</summary>
public static class ImageTransforms
{
    /// <summary>
    /// Loads image files (JPEG, PNG, WebP, GIF, BMP) upright, as their EXIF orientation says, with straight alpha. An empty path gives a
    /// missing image.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">
    /// The image column to append. Its images may differ in size; use <c>ResizeImagesAntialiased</c> to resize them to one.
    /// </param>
    /// <param name="inputColumnName">The column of paths to read; null means <paramref name="outputColumnName"/>.</param>
    /// <param name="imageFolder">The folder that relative paths start from; null means the current one.</param>
    /// <param name="errors">What happens when a file cannot be read.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.LoadImageFiles("Image", "Path", imageFolder: "photos")
    ///     .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 256, 256));
    /// </code>
    /// </example>
    public static IEstimator<RowTransformer> LoadImageFiles(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null, string? imageFolder = null,
        ImageFileErrors errors = ImageFileErrors.Throw) =>
        catalog.LoadImageFiles(new LoadImageFilesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, ImageFolder = imageFolder, Errors = errors,
        });

    /// <param name="options">Columns, folder, and what happens when a file cannot be read.</param>
    /// <inheritdoc cref="LoadImageFiles(TransformsCatalog, string, string?, string?, ImageFileErrors)"/>
    public static IEstimator<RowTransformer> LoadImageFiles(this TransformsCatalog catalog, LoadImageFilesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return RowEstimator.Create(catalog, LoadImageFilesTransformer.ColumnsOf(options), environment => new LoadImageFilesTransformer(environment, options));
    }

    /// <summary>Resizes images to one size with antialiased filters that match Pillow's to the last bit.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The image column to append; its type holds the size.</param>
    /// <param name="imageWidth">The width in pixels, at least 1.</param>
    /// <param name="imageHeight">The height in pixels, at least 1.</param>
    /// <param name="inputColumnName">The image column to read; null means <paramref name="outputColumnName"/>.</param>
    /// <param name="fit">What happens when an image has a different aspect ratio.</param>
    /// <param name="filter">The resampling filter.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or a size below 1.</exception>
    /// <remarks>A missing image stays missing.</remarks>
    /// <example>
    /// <code>
    /// var resize = mlContext.Transforms.ResizeImagesAntialiased("Small", 64, 64, "Image", ImageFit.PadToFit);
    /// </code>
    /// </example>
    public static IEstimator<RowTransformer> ResizeImagesAntialiased(
        this TransformsCatalog catalog, string outputColumnName, int imageWidth, int imageHeight, string? inputColumnName = null,
        ImageFit fit = ImageFit.CropToFill, ResizeFilter filter = ResizeFilter.Bicubic) =>
        catalog.ResizeImagesAntialiased(new ResizeImagesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, ImageWidth = imageWidth, ImageHeight = imageHeight, Fit = fit,
            Filter = filter,
        });

    /// <param name="options">Columns, size, fit, filter, background.</param>
    /// <inheritdoc cref="ResizeImagesAntialiased(TransformsCatalog, string, int, int, string?, ImageFit, ResizeFilter)"/>
    public static IEstimator<RowTransformer> ResizeImagesAntialiased(this TransformsCatalog catalog, ResizeImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return RowEstimator.Create(catalog, ResizeImagesTransformer.ColumnsOf(options), environment => new ResizeImagesTransformer(environment, options));
    }
}
