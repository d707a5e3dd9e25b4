using LdmMl.Cli.Output;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Pipelines;

/// <summary>The images of a folder, brought to one size and held in memory.</summary>
internal static class TrainingImages
{
    /// <summary>Reads image files.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="files">The files.</param>
    /// <param name="reader">Reads them.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <param name="channels">3, or 1 for grey.</param>
    public static ImageSet Read(string title, string[] files, SizedImages reader, CancellationToken cancellation, int channels = 3)
    {
        var images = new ImageSet(reader.Width, reader.Height, channels);
        ProgressDisplay.Run(title, report => FileNames.InTerms(files, () =>
        {
            foreach (var (index, image) in reader.Read(files))
            {
                cancellation.ThrowIfCancellationRequested();
                Add(images, image);
                report((index + 1.0) / files.Length, $"{index + 1} of {files.Length}");
            }
        }));
        return images;
    }

    /// <summary>Adds an image to a set.</summary>
    public static void Add(ImageSet images, MLImage image, PixelColor? background = null) =>
        images.Add(image.Pixels, image.PixelFormat == MLPixelFormat.Bgra32 ? PixelLayout.Bgra32 : PixelLayout.Rgba32, background);
}
