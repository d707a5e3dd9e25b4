using System.Security.Cryptography;
using LdmMl;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace FirstStageObjectives;

/// <summary>Images of a folder on white, in memory, with their names.</summary>
/// <param name="Names">The file names without extension.</param>
/// <param name="Images">The images, in the same order.</param>
internal sealed record NamedImages(IReadOnlyList<string> Names, ImageSet Images)
{
    public const int Side = 64;

    /// <summary>Reads a folder.</summary>
    public static NamedImages Read(string folder) => Read(Paths(folder));

    /// <summary>Reads a folder without the images that are in another folder, whatever their names there.</summary>
    public static NamedImages ReadWithout(string folder, string others)
    {
        var unseen = Paths(others).Select(ContentHash).ToHashSet(StringComparer.Ordinal);
        return Read([.. Paths(folder).Where(path => !unseen.Contains(ContentHash(path)))]);
    }

    private static string[] Paths(string folder) => [.. Directory.GetFiles(folder, "*.png").Order(StringComparer.Ordinal)];

    private static string ContentHash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private static NamedImages Read(string[] paths)
    {
        var mlContext = new MLContext();
        var files = mlContext.Data.LoadFromEnumerable(paths.Select(path => new ImageFile { Path = path }));
        using var transformer = mlContext.Transforms.LoadImageFiles("Image", "Path")
            .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", Side, Side, fit: ImageFit.PadToFit)).Fit(files);
        var view = transformer.Transform(files);
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        var images = new ImageSet(Side, Side);
        MLImage image = null!;
        while (cursor.MoveNext())
        {
            getter(ref image);
            images.Add(image.Pixels, image.PixelFormat == MLPixelFormat.Bgra32 ? PixelLayout.Bgra32 : PixelLayout.Rgba32);
        }
        image?.Dispose();
        return new NamedImages([.. paths.Select(path => Path.GetFileNameWithoutExtension(path))], images);
    }
}
