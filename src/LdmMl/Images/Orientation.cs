using System.Runtime.InteropServices;
using LdmMl.Internals;
using SkiaSharp;

namespace LdmMl.Images;

/// <summary>EXIF orientation: how stored rows and columns lie in the upright image.</summary>
internal static class Orientation
{
    /// <summary>Reads the orientation of a file from its metadata, wherever Pillow's <c>exif_transpose</c> finds it.</summary>
    public static SKEncodedOrigin Of(ReadOnlySpan<byte> content)
    {
        if (EncodedImage.IsPng(content))
            return PngMetadata.Orientation(content);
        if (EncodedImage.IsJpeg(content))
            return JpegMetadata.Orientation(content);
        return EncodedImage.IsWebP(content) ? WebPMetadata.Orientation(content) : SKEncodedOrigin.TopLeft;
    }

    /// <summary>
    /// Returns the upright bitmap; <paramref name="stored"/> itself if it is upright, otherwise a new one, and <paramref name="stored"/> is disposed.
    /// </summary>
    public static SKBitmap Apply(SKBitmap stored, SKEncodedOrigin origin)
    {
        if (origin == SKEncodedOrigin.TopLeft)
        {
            return stored;
        }

        using (stored)
        {
            var swapsSides = origin >= SKEncodedOrigin.LeftTop;
            var (width, height) = swapsSides ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
            var upright = MLImageBitmap.Allocate(width, height, stored.ColorType, stored.AlphaType);
            var source = MemoryMarshal.Cast<byte, uint>(MLImageBitmap.Pixels(stored));
            var target = MemoryMarshal.Cast<byte, uint>(MLImageBitmap.Pixels(upright));
            var (start, alongX, alongY) = Walk(origin, stored.Width, stored.Height);
            for (var y = 0; y < height; y++)
            {
                var row = target.Slice(y * width, width);
                var from = start + (y * alongY);
                for (var x = 0; x < row.Length; x++, from += alongX)
                {
                    row[x] = source[from];
                }
            }

            return upright;
        }
    }

    // Where the upright image's first pixel is stored, and how far it is from there to the next one in x and in y.
    private static (int Start, int AlongX, int AlongY) Walk(SKEncodedOrigin origin, int width, int height)
    {
        var (right, bottom) = (width - 1, (height - 1) * width);
        return origin switch
        {
            SKEncodedOrigin.TopRight => (right, -1, width),
            SKEncodedOrigin.BottomRight => (bottom + right, -1, -width),
            SKEncodedOrigin.BottomLeft => (bottom, 1, -width),
            SKEncodedOrigin.LeftTop => (0, width, 1),
            SKEncodedOrigin.RightTop => (bottom, -width, 1),
            SKEncodedOrigin.RightBottom => (bottom + right, -width, -1),
            SKEncodedOrigin.LeftBottom => (right, width, -1),
            _ => (0, 1, width),
        };
    }
}
