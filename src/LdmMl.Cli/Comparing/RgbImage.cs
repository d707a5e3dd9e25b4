using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Comparing;

/// <summary>An opaque 8-bit image; what was transparent lies on white, as the models see it.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Planes">Red, green and blue [3, H, W] in [0, 1].</param>
/// <param name="Pixels">The same as bytes [H, W, 3].</param>
internal sealed record RgbImage(int Width, int Height, float[] Planes, byte[] Pixels)
{
    public static RgbImage Of(MLImage image)
    {
        var layout = image.PixelFormat == MLPixelFormat.Bgra32 ? PixelLayout.Bgra32 : PixelLayout.Rgba32;
        var planes = new float[image.Width * image.Height * 3];
        var pixels = new byte[planes.Length];
        PixelTensors.ToPlanes(image.Pixels, layout, PixelColor.White, PixelRange.ZeroToOne, planes, channels: 3);
        PixelTensors.FromPlanes(planes, channels: 3, PixelRange.ZeroToOne, pixels, PixelLayout.Rgb24);
        return new(image.Width, image.Height, planes, pixels);
    }

    /// <summary>The mean absolute difference of two images of one size, of values in [0, 1].</summary>
    public double MeanAbsoluteError(RgbImage other)
    {
        var sum = 0L;
        for (var i = 0; i < Pixels.Length; i++)
            sum += Math.Abs(Pixels[i] - other.Pixels[i]);
        return sum / (255.0 * Pixels.Length);
    }

    /// <summary>The absolute difference of each pixel, the mean of its channels, in levels of 255: [H, W].</summary>
    public byte[] ErrorsOf(RgbImage other)
    {
        var errors = new byte[Width * Height];
        for (var i = 0; i < errors.Length; i++)
        {
            var at = i * 3;
            var sum = 0;
            for (var channel = at; channel < at + 3; channel++)
                sum += Math.Abs(Pixels[channel] - other.Pixels[channel]);
            errors[i] = (byte)((sum + 1) / 3);
        }
        return errors;
    }
}
