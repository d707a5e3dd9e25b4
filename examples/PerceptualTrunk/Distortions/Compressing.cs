using SkiaSharp;

namespace PerceptualTrunk.Distortions;

/// <summary>Encodes and decodes an image as JPEG.</summary>
internal static class Compressing
{
    public static RgbImage Apply(RgbImage image, double quality)
    {
        using var bitmap = Bitmaps.Of(image);
        using var file = bitmap.Encode(SKEncodedImageFormat.Jpeg, (int)quality);
        using var decoded = SKBitmap.Decode(file);
        return image.Map((x, y, channel) =>
        {
            var color = decoded.GetPixel(x, y);
            return channel switch { 0 => color.Red, 1 => color.Green, _ => color.Blue };
        });
    }
}
