using LdmMl.Cli.Output;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Pipelines;

/// <summary>The images of a folder, brought to one size and held in memory.</summary>
internal static class TrainingImages
{
    /// <summary>Reads image files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="reader">Reads them.</param>
    /// <param name="report">Gets the read share.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <param name="channels">3, or 1 for grey.</param>
    /// <returns>The images, and the numbers of their files in the list: those that could not be read are left out.</returns>
    /// <exception cref="InvalidDataException">None of the files could be read.</exception>
    public static (ImageSet Images, IReadOnlyList<int> Files) Read(
        string[] files, SizedImages reader, Action<double, string> report, CancellationToken cancellation, int channels = 3)
    {
        var (images, kept, warnings) = (new ImageSet(reader.Width, reader.Height, channels), new List<int>(), new List<string>());
        foreach (var (index, image) in reader.Read(files, warnings.Add))
        {
            cancellation.ThrowIfCancellationRequested();
            if (image is not null)
            {
                Add(images, image);
                kept.Add(index);
            }

            report((double)(index + 1) / files.Length, $"{index + 1} of {files.Length}");
        }

        warnings.ForEach(warning => Terminal.Message($"warning: {warning}"));
        return images.Count > 0 ? (images, kept) : throw new InvalidDataException($"None of the {files.Length} images could be read.");
    }

    /// <summary>Adds an image to a set.</summary>
    public static void Add(ImageSet images, MLImage image, PixelColor? background = null) =>
        images.Add(image.Pixels, image.PixelFormat == MLPixelFormat.Bgra32 ? PixelLayout.Bgra32 : PixelLayout.Rgba32, background);
}
