using LdmMl.Files;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Pipelines;

/// <summary>Load, bring to one size.</summary>
internal sealed record SizedImages
{
    /// <summary>The name of the column of images.</summary>
    public const string ColumnName = "Image";

    public required int Width { get; init; }

    public required int Height { get; init; }

    public ImageFit Fit { get; init; } = ImageFit.CropToFill;

    /// <summary>Gets the most pixels that an image may have.</summary>
    public long MaximumPixels { get; init; } = ImageFile.DefaultMaximumPixels;

    /// <summary>Uses the view of some rows with their images, which are read when they are requested.</summary>
    /// <param name="rows">The files.</param>
    /// <param name="use">Reads the view.</param>
    public void Use(IEnumerable<ImageRow> rows, Action<IDataView> use)
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(rows);
        var chain = context.Transforms.LoadImageFiles(new LoadImageFilesOptions
        {
            OutputColumnName = ColumnName, InputColumnName = nameof(ImageRow.Path), MaximumPixels = MaximumPixels,
        }).Append(context.Transforms.ResizeImagesAntialiased(ColumnName, Width, Height, fit: Fit));
        using var transformer = chain.Fit(data);
        use(transformer.Transform(data));
    }

    /// <summary>Reads image files one after the other.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="take">Takes each image; it owns it.</param>
    public void Read(IEnumerable<string> paths, Action<MLImage> take) => Use(paths.Select(path => new ImageRow { Path = path }), view =>
    {
        foreach (var image in view.GetColumn<MLImage>(ColumnName))
            take(image);
    });
}
