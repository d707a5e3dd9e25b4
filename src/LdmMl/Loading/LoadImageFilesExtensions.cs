using LdmMl.Internals;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Adds <c>LoadImageFiles</c> to <c>mlContext.Transforms</c>.</summary>
public static class LoadImageFilesExtensions
{
    /// <summary>
    /// Loads image files (JPEG, PNG, WebP, GIF, BMP) upright, as their EXIF orientation says, with straight alpha. An empty path gives a
    /// missing image.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">
    /// The image column to append; its images have no size in common: <c>ResizeImagesAntialiased</c> gives them one.
    /// </param>
    /// <param name="inputColumnName">The column of paths to read; <paramref name="outputColumnName"/> where null.</param>
    /// <param name="imageFolder">The folder that relative paths start from; the current one where null.</param>
    /// <param name="errors">What happens where a file cannot be read.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public static LoadImageFilesEstimator LoadImageFiles(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        string? imageFolder = null,
        ImageFileErrors errors = ImageFileErrors.Throw) =>
        catalog.LoadImageFiles(new LoadImageFilesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, ImageFolder = imageFolder, Errors = errors,
        });

    /// <summary>Loads image files upright, as their EXIF orientation says, with straight alpha. An empty path gives a missing image.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns, folder, what happens with files that cannot be read.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static LoadImageFilesEstimator LoadImageFiles(this TransformsCatalog catalog, LoadImageFilesOptions options) =>
        new(MlHost.EnvironmentOf(catalog), options);
}
