using LdmMl;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace EmojiFromText;

/// <summary>Reads emoji, on white.</summary>
internal static class EmojiImages
{
    public const int Side = 64;

    /// <summary>Reads the images of emoji.</summary>
    public static ImageSet Read(IReadOnlyList<Emoji> emoji)
    {
        var mlContext = new MLContext();
        var files = mlContext.Data.LoadFromEnumerable(emoji.Select(one => new ImageFile { Path = one.Path }));
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
        return images;
    }

    /// <summary>Gives images as one batch.</summary>
    /// <returns>[count, 3, 64, 64] in [-1, 1]; the caller disposes it.</returns>
    public static Tensor ToTensor(ImageSet images)
    {
        const int length = 3 * Side * Side;
        var values = new float[images.Count * length];
        for (var index = 0; index < images.Count; index++)
            images.Read(index, PixelRange.MinusOneToOne, values.AsSpan(index * length, length));
        return tensor(values, [images.Count, 3, Side, Side]);
    }
}
