using LdmMl;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace PerceptualTrunk;

/// <summary>Reads 64x64 images with their alpha.</summary>
internal static class ImageFiles
{
    public const int Side = 64;

    public static IEnumerable<(byte[] Pixels, PixelLayout Layout)> Read(string[] paths)
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
            if ((image.Width, image.Height) != (Side, Side))
                throw new InvalidDataException($"{paths[cursor.Position]} is {image.Width}x{image.Height}; the images must be {Side}x{Side}.");
            yield return (image.Pixels.ToArray(), image.PixelFormat == MLPixelFormat.Bgra32 ? PixelLayout.Bgra32 : PixelLayout.Rgba32);
        }
        image?.Dispose();
    }
}
