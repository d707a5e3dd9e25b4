using SkiaSharp;

namespace LdmMl.Cli.Comparing;

/// <summary>A small image inside the report.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Png">The file.</param>
internal sealed record Picture(int Width, int Height, byte[] Png)
{
    /// <summary>Encodes pixels [H, W, 3].</summary>
    public static Picture Of(ReadOnlySpan<byte> colors, int width, int height)
    {
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < width * height; i++)
        {
            colors.Slice(i * 3, 3).CopyTo(pixels.AsSpan(i * 4));
            pixels[i * 4 + 3] = 255;
        }
        using var image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque), pixels);
        using var data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return new(width, height, data.ToArray());
    }
}
