using LdmMl.Cli.Output;
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
    /// <param name="broken">What becomes of a file that cannot be read: an error, or a warning and no image.</param>
    /// <param name="report">Gets the read share.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidDataException">None of the files could be read.</exception>
    public static ImageSet Read(string[] files, int size, ImageFileErrors broken, Action<double, string> report, CancellationToken cancellation)
    {
        var context = new MLContext();
        var warnings = new List<string>();
        context.Log += (_, log) =>
        {
            if (log.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(log.RawMessage);
        };
        var data = context.Data.LoadFromEnumerable(files.Select(path => new ImagePath { Path = path }));
        var chain = context.Transforms.LoadImageFiles("Image", "Path", errors: broken)
            .Append(context.Transforms.ResizeImagesAntialiased("Image", "Image", size, size));
        using var transformer = chain.Fit(data);
        var view = transformer.Transform(data);

        var images = new ImageSet(size, size);
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage? image = null;
        for (var row = 1; cursor.MoveNext(); row++)
        {
            cancellation.ThrowIfCancellationRequested();
            getter(ref image!);
            if (image is not null)
                images.Add(image.Pixels, image.PixelFormat == MLPixelFormat.Bgra32 ? PixelLayout.Bgra32 : PixelLayout.Rgba32);
            report((double)row / files.Length, $"{row} of {files.Length}");
        }
        image?.Dispose();
        warnings.ForEach(warning => Terminal.Message($"warning: {warning}"));
        return images.Count > 0 ? images : throw new InvalidDataException($"None of the {files.Length} images could be read.");
    }
}
