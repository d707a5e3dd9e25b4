using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Pipelines;

/// <summary>The images of a folder, brought to one size and held in memory.</summary>
internal static class TrainingImages
{
    /// <summary>Reads every image file of a folder.</summary>
    /// <param name="files">The files.</param>
    /// <param name="size">The side of the square that they are brought to.</param>
    /// <param name="report">Gets the read share.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static ImageSet Read(string[] files, int size, Action<double, string> report, CancellationToken cancellation)
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(files.Select(path => new ImagePath { Path = path }));
        var chain = context.Transforms.LoadImageFiles("Image", "Path")
            .Append(context.Transforms.ResizeImagesAntialiased("Image", "Image", size, size));
        using var transformer = chain.Fit(data);
        var view = transformer.Transform(data);

        var images = new ImageSet(size, size);
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage image = null!;
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            getter(ref image);
            images.Add(image.Pixels, image.PixelFormat == MLPixelFormat.Bgra32 ? PixelLayout.Bgra32 : PixelLayout.Rgba32);
            report((double)images.Count / files.Length, $"{images.Count} of {files.Length}");
        }
        image?.Dispose();
        return images;
    }
}
