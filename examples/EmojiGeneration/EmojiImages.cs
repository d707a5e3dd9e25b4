using LdmMl;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace EmojiGeneration;

/// <summary>Emoji on white, with the category of each.</summary>
/// <param name="Images">The images, 64x64.</param>
/// <param name="Categories">The category of each, such as <c>Flags</c>.</param>
internal sealed record EmojiImages(ImageSet Images, IReadOnlyList<string> Categories)
{
    public const int Side = 64;

    public int Count => Images.Count;

    /// <summary>Reads files.</summary>
    /// <param name="rows">Paths and categories.</param>
    public static EmojiImages Read(IReadOnlyList<(string Path, string Category)> rows)
    {
        var mlContext = new MLContext();
        var files = mlContext.Data.LoadFromEnumerable(rows.Select(row => new ImageFile { Path = row.Path }));
        using var transformer = mlContext.Transforms.LoadImageFiles("Image", "Path").Fit(files);
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
        return new EmojiImages(images, [.. rows.Select(row => row.Category)]);
    }

    /// <summary>Returns the images of some categories, in the same order.</summary>
    public EmojiImages Of(IReadOnlyList<string> categories)
    {
        var kept = Enumerable.Range(0, Count).Where(index => categories.Contains(Categories[index])).ToArray();
        var images = new ImageSet(Side, Side);
        var planes = new float[3 * Side * Side];
        var pixels = new byte[3 * Side * Side];
        foreach (var index in kept)
        {
            Images.Read(index, PixelRange.ZeroToOne, planes);
            PixelTensors.FromPlanes(planes, 3, PixelRange.ZeroToOne, pixels, PixelLayout.Rgb24);
            images.Add(pixels, PixelLayout.Rgb24);
        }
        return new EmojiImages(images, [.. kept.Select(index => Categories[index])]);
    }

    /// <summary>Returns all images as one batch.</summary>
    /// <returns>[count, 3, 64, 64] in [-1, 1]; the caller disposes it.</returns>
    public Tensor ToTensor()
    {
        var images = new float[Count * 3 * Side * Side];
        for (var index = 0; index < Count; index++)
            Images.Read(index, PixelRange.MinusOneToOne, images.AsSpan(index * 3 * Side * Side, 3 * Side * Side));
        return tensor(images, [Count, 3, Side, Side]);
    }
}
