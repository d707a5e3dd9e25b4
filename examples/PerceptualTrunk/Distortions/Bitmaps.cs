using SkiaSharp;

namespace PerceptualTrunk.Distortions;

/// <summary>Makes bitmaps that can be encoded.</summary>
internal static class Bitmaps
{
    /// <summary>Copies an image. The caller disposes the bitmap.</summary>
    public static SKBitmap Of(RgbImage image)
    {
        var bitmap = new SKBitmap(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
                bitmap.SetPixel(x, y, new SKColor(image.At(x, y, 0), image.At(x, y, 1), image.At(x, y, 2)));
        }
        return bitmap;
    }
}
