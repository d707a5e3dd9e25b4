using SkiaSharp;

namespace PerceptualTrunk.Distortions;

/// <summary>Encodes and decodes an image as JPEG.</summary>
internal static class Compressing
{
    public static RgbImage Apply(RgbImage image, double quality)
    {
        using var bitmap = new SKBitmap(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
                bitmap.SetPixel(x, y, new SKColor(image.At(x, y, 0), image.At(x, y, 1), image.At(x, y, 2)));
        }
        using var file = bitmap.Encode(SKEncodedImageFormat.Jpeg, (int)quality);
        using var decoded = SKBitmap.Decode(file);
        return image.Map((x, y, channel) =>
        {
            var color = decoded.GetPixel(x, y);
            return channel switch { 0 => color.Red, 1 => color.Green, _ => color.Blue };
        });
    }
}
