using System.Runtime.InteropServices;
using LdmMl.Internals;
using LdmMl.Torch.Tensors;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SkiaSharp;

namespace LdmMl.ImageSharp;

/// <summary>Copies pixels from ImageSharp's images, row by row, to bitmaps whose colours are not premultiplied by alpha.</summary>
internal static class PixelRows
{
    public static SKBitmap ToBitmap(Image<Rgba32> image)
    {
        var bitmap = MLImageBitmap.Allocate(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        image.CopyPixelDataTo(MLImageBitmap.Pixels(bitmap));
        return MarkOpaque(bitmap);
    }

    public static SKBitmap ToBitmap(Image<Rgb24> image)
    {
        var bitmap = MLImageBitmap.Allocate(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        image.ProcessPixelRows(rows =>
        {
            var target = MLImageBitmap.Pixels(bitmap);
            for (var y = 0; y < rows.Height; y++)
                PixelBytes.Widen(MemoryMarshal.AsBytes(rows.GetRowSpan(y)), target.Slice(y * rows.Width * 4, rows.Width * 4));
        });
        return bitmap;
    }

    /// <summary>Keeps the high byte of each channel.</summary>
    public static SKBitmap ToBitmap(Image<Rgba64> image)
    {
        var bitmap = MLImageBitmap.Allocate(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        image.ProcessPixelRows(rows =>
        {
            var target = MLImageBitmap.Pixels(bitmap);
            for (var y = 0; y < rows.Height; y++)
            {
                var channels = MemoryMarshal.Cast<Rgba64, ushort>(rows.GetRowSpan(y));
                var row = target.Slice(y * channels.Length, channels.Length);
                for (var x = 0; x < row.Length; x++)
                    row[x] = (byte)(channels[x] >> 8);
            }
        });
        return MarkOpaque(bitmap);
    }

    // An image without transparency is declared opaque, so that PNG files of it have no alpha channel.
    private static SKBitmap MarkOpaque(SKBitmap bitmap)
    {
        if (!PixelBytes.IsOpaque(MLImageBitmap.Pixels(bitmap)))
            return bitmap;
        var opaque = MLImageBitmap.Allocate(bitmap.Width, bitmap.Height, bitmap.ColorType, SKAlphaType.Opaque);
        using (bitmap)
            MLImageBitmap.Pixels(bitmap).CopyTo(MLImageBitmap.Pixels(opaque));
        return opaque;
    }
}
