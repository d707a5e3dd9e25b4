using Microsoft.ML.Data;

namespace ImageToImage;

/// <summary>Masks: white is repainted, black is kept.</summary>
internal static class Masks
{
    public static MLImage LowerHalf(int side)
    {
        var pixels = new byte[4 * side * side];
        pixels.AsSpan(pixels.Length / 2).Fill(byte.MaxValue);
        for (var alpha = 3; alpha < pixels.Length; alpha += 4)
            pixels[alpha] = byte.MaxValue;
        return MLImage.CreateFromPixels(side, side, MLPixelFormat.Rgba32, pixels);
    }
}
