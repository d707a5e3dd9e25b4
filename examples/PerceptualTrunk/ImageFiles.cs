using LdmMl;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace PerceptualTrunk;

/// <summary>Reads images with their alpha.</summary>
internal static class ImageFiles
{
    public const int Side = 64;

    /// <summary>Reads images of 64x64.</summary>
    public static IEnumerable<(byte[] Pixels, PixelLayout Layout)> Read(string[] paths) => ReadAny(paths).Select((image, index) =>
        (image.Width, image.Height) == (Side, Side)
            ? (image.Pixels, image.Layout)
            : throw new InvalidDataException($"{paths[index]} is {image.Width}x{image.Height}; the images must be {Side}x{Side}."));

    /// <summary>Reads images of any size.</summary>
    public static IEnumerable<(byte[] Pixels, int Width, int Height, PixelLayout Layout)> ReadAny(string[] paths)
    {
        var mlContext = new MLContext();
        var files = mlContext.Data.LoadFromEnumerable(paths.Select(path => new ImageFile { Path = path }));
        using var transformer = mlContext.Transforms.LoadImageFiles("Image", "Path").Fit(files);
        var view = transformer.Transform(files);
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage image = null!;
        while (cursor.MoveNext())
        {
            getter(ref image);
            var layout = image.PixelFormat == MLPixelFormat.Bgra32 ? PixelLayout.Bgra32 : PixelLayout.Rgba32;
            yield return (image.Pixels.ToArray(), image.Width, image.Height, layout);
        }
        image?.Dispose();
    }
}
