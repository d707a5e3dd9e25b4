using LdmMl.Internals;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl;

/// <summary>
/// Decodes image files (JPEG, PNG, WebP, GIF, BMP; known by content, never by extension) to upright RGBA images whose colours are not
/// multiplied by alpha. EXIF orientation is applied. Of 16-bit channels the high byte is kept, as Pillow does. Embedded colour profiles
/// and gamma are not applied: values are taken as sRGB, as Pillow and the data sets of the trade do. Of animations the first frame is
/// read. A file that ends early or is damaged is an error, not half an image.
/// </summary>
internal static class ImageDecoder
{
    /// <summary>The most pixels an image may have unless told otherwise; 358 MB when decoded. Pillow warns from the same number on.</summary>
    public const long DefaultMaximumPixels = 89_478_485;

    /// <summary>Decodes a file. The caller disposes the image, whose tag is the path.</summary>
    /// <exception cref="ImageFileException">The file cannot be read or decoded, or has more than <paramref name="maximumPixels"/>.</exception>
    public static MLImage Decode(string path, long maximumPixels = DefaultMaximumPixels) =>
        Decode(EncodedImage.Read(path), path, maximumPixels);

    /// <summary>Decodes the rest of a stream. The caller disposes the image, whose tag is <paramref name="name"/>.</summary>
    /// <exception cref="ImageFileException">The stream cannot be read or decoded, or has more than <paramref name="maximumPixels"/>.</exception>
    public static MLImage Decode(Stream stream, string name, long maximumPixels = DefaultMaximumPixels) =>
        Decode(EncodedImage.Read(stream, name), name, maximumPixels);

    private static unsafe MLImage Decode(byte[] content, string name, long maximumPixels)
    {
        EncodedImage.CheckKind(content, name);
        fixed (byte* start = content)
        {
            using var data = SKData.Create((nint)start, content.Length);
            using var codec = SKCodec.Create(data)
                ?? throw new ImageFileException(name, "is damaged: its header cannot be read.");
            CheckSize(codec.Info, name, maximumPixels);
            try
            {
                var image = MLImageBitmap.Wrap(Orientation.Apply(Decode(codec, name), Orientation.Of(codec, content)));
                image.Tag = name;
                return image;
            }
            catch (InvalidOperationException error)
            {
                throw new ImageFileException(name, $"cannot be decoded: {error.Message}", error);
            }
        }
    }

    private static SKBitmap Decode(SKCodec codec, string name)
    {
        var opaque = codec.Info.AlphaType == SKAlphaType.Opaque;
        var bitmap = MLImageBitmap.Allocate(
            codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result == SKCodecResult.Success)
        {
            return bitmap;
        }

        bitmap.Dispose();
        throw new ImageFileException(name, result switch
        {
            SKCodecResult.IncompleteInput => "is cut off: the file ends before the last row of pixels.",
            SKCodecResult.ErrorInInput => "is damaged: its pixels cannot be decoded.",
            SKCodecResult.InvalidInput => "is damaged or cut off: its pixels cannot be decoded.",
            _ => $"cannot be decoded ({result}).",
        });
    }

    private static void CheckSize(SKImageInfo info, string name, long maximumPixels)
    {
        var pixels = (long)info.Width * info.Height;
        if (pixels > maximumPixels)
        {
            throw new ImageFileException(
                name, $"has {info.Width}x{info.Height} = {pixels} pixels, more than the {maximumPixels} allowed; shrink it or raise the limit.");
        }
    }
}
