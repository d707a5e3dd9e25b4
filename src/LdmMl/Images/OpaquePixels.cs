using System.Buffers;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;

namespace LdmMl.Images;

/// <summary>Reads images as 8-bit RGB [H, W, 3], blended with a background.</summary>
internal static class OpaquePixels
{
    /// <param name="image">The image.</param>
    /// <param name="background">The colour behind transparent pixels.</param>
    /// <param name="colors">Receives the pixels; an array of the right length is reused.</param>
    public static void Read(MLImage image, PixelColor background, ref byte[] colors)
    {
        using var straight = new StraightPixels(image);
        var count = image.Width * image.Height;
        var rented = ArrayPool<byte>.Shared.Rent(count * 4);
        var pixels = rented.AsSpan(0, count * 4);
        straight.Bytes.CopyTo(pixels);
        PixelBytes.Flatten(pixels, straight.Layout, background);
        Array.Resize(ref colors, count * 3);
        (var red, var blue) = straight.Layout == PixelLayout.Bgra32 ? (2, 0) : (0, 2);
        for (var i = 0; i < count; i++)
        {
            colors[i * 3] = pixels[i * 4 + red];
            colors[i * 3 + 1] = pixels[i * 4 + 1];
            colors[i * 3 + 2] = pixels[i * 4 + blue];
        }

        ArrayPool<byte>.Shared.Return(rented);
    }
}
