using LdmMl.Internals;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.Images;

/// <summary>Encodes images as PNG and JPEG, and writes PNG files under a temporary name that is replaced only when the file is complete.</summary>
internal static class ImageEncoder
{
    private const int JpegQuality = 95;

    /// <summary>Encodes an image, with its alpha unless every pixel is opaque. The caller disposes the bytes.</summary>
    public static SKData Encode(MLImage image)
    {
        using var pixmap = MLImageBitmap.Of(image).PeekPixels();
        if (pixmap.AlphaType == SKAlphaType.Opaque || !PixelBytes.IsOpaque(image.Pixels))
        {
            return Encode(pixmap);
        }

        using var opaque = pixmap.WithAlphaType(SKAlphaType.Opaque);
        return Encode(opaque);
    }

    /// <summary>Encodes an opaque image as JPEG with almost no visible loss. The caller disposes the bytes.</summary>
    public static SKData EncodeJpeg(MLImage image)
    {
        using var pixmap = MLImageBitmap.Of(image).PeekPixels();
        return pixmap.Encode(SKEncodedImageFormat.Jpeg, JpegQuality)
            ?? throw new InvalidOperationException($"The image of {pixmap.Width}x{pixmap.Height} pixels cannot be encoded as JPEG.");
    }

    /// <summary>Writes an image, with its alpha unless every pixel is opaque.</summary>
    public static void SavePng(MLImage image, string path)
    {
        using var data = Encode(image);
        Save(data, path);
    }

    /// <summary>Writes interleaved pixels [H, W, bytes per pixel]; in layouts with alpha, it is straight.</summary>
    /// <exception cref="ArgumentException">The length does not fit the size.</exception>
    public static unsafe void SavePng(ReadOnlySpan<byte> pixels, int width, int height, PixelLayout layout, string path)
    {
        if (pixels.Length != (long)width * height * layout.BytesPerPixel())
        {
            throw new ArgumentException(
                $"{width}x{height} pixels of {layout} need {(long)width * height * layout.BytesPerPixel()} bytes, not {pixels.Length}.",
                nameof(pixels));
        }

        if (layout == PixelLayout.Rgb24)
        {
            // Skia has no format with three bytes per pixel.
            var wide = new byte[width * height * 4];
            PixelBytes.Widen(pixels, wide);
            SavePng(wide, width, height, PixelLayout.Rgba32, path);
            return;
        }

        var (color, alpha) = layout switch
        {
            PixelLayout.Gray8 => (SKColorType.Gray8, SKAlphaType.Opaque),
            PixelLayout.Bgra32 => (SKColorType.Bgra8888, AlphaOf(pixels)),
            _ => (SKColorType.Rgba8888, AlphaOf(pixels)),
        };
        fixed (byte* start = pixels)
        {
            using var pixmap = new SKPixmap(new SKImageInfo(width, height, color, alpha), (nint)start);
            using var data = Encode(pixmap);
            Save(data, path);
        }
    }

    // An opaque image is written without an alpha channel.
    private static SKAlphaType AlphaOf(ReadOnlySpan<byte> pixels) => PixelBytes.IsOpaque(pixels) ? SKAlphaType.Opaque : SKAlphaType.Unpremul;

    private static SKData Encode(SKPixmap pixmap) => pixmap.Encode(SKPngEncoderOptions.Default)
        ?? throw new InvalidOperationException($"The image of {pixmap.Width}x{pixmap.Height} pixels cannot be encoded as PNG.");

    private static void Save(SKData data, string path)
    {
        // Short and unrelated to the name, which may be as long as the file system allows.
        var temporary = Path.Combine(Path.GetDirectoryName(path) ?? "", $".ldmml-{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(data.AsSpan());
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
