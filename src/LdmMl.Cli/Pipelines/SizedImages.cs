using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Pipelines;

/// <summary>Load, bring to one size.</summary>
internal sealed record SizedImages
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public ImageFit Fit { get; init; } = ImageFit.CropToFill;

    /// <summary>Gets the most pixels that an image may have.</summary>
    public long MaximumPixels { get; init; } = ImageFile.DefaultMaximumPixels;

    /// <summary>Reads image files one after the other, lazily.</summary>
    /// <param name="paths">The files.</param>
    /// <returns>The number of a file in the list, and its image, which lives until the next is asked for.</returns>
    public IEnumerable<(int Index, MLImage Image)> Read(IReadOnlyList<string> paths)
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(paths.Select(path => new ImagePath { Path = path }));
        var chain = context.Transforms.LoadImageFiles(
                new LoadImageFilesOptions { OutputColumnName = "Image", InputColumnName = "Path", MaximumPixels = MaximumPixels })
            .Append(context.Transforms.ResizeImagesAntialiased("Image", Width, Height, fit: Fit));
        using var transformer = chain.Fit(data);
        var view = transformer.Transform(data);

        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage? image = null;
        for (var index = 0; cursor.MoveNext(); index++)
        {
            getter(ref image!);
            yield return (index, image!);
        }

        image?.Dispose();
    }
}
