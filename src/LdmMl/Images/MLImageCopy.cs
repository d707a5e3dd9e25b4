using LdmMl.Internals;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.Images;

/// <summary>Copies of images: pixels, whether their colours are premultiplied by alpha, and tag.</summary>
internal static class MLImageCopy
{
    public static MLImage? Of(MLImage? image)
    {
        if (image is null)
            return null;
        var source = MLImageBitmap.Of(image);
        var bitmap = MLImageBitmap.Allocate(image.Width, image.Height, source.ColorType, source.AlphaType);
        image.Pixels.CopyTo(MLImageBitmap.Pixels(bitmap));
        var copy = MLImageBitmap.Wrap(bitmap);
        copy.Tag = image.Tag;
        return copy;
    }
}
