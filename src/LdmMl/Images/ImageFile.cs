using LdmMl.Images;
using LdmMl.Internals;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl;

/// <summary>
/// Decodes image files (JPEG, PNG, WebP, GIF and BMP, and what <see cref="Register"/> adds; recognised by content, never by
/// extension) from a path, bytes or a stream, as <c>LoadImageFiles</c> does for a column.
/// </summary>
/// <remarks>
/// Images come out upright (the orientation of EXIF or XMP metadata is applied, as Pillow's <c>exif_transpose</c> does) as 8-bit RGBA whose colours
/// are not premultiplied by alpha. For 16-bit channels
/// the high byte is kept, as in Pillow. Embedded colour profiles and gamma are not applied: values are taken as sRGB, as Pillow and
/// common image data sets do. Only the first frame of an animation is read. A file that ends early or is damaged is an error, never half an
/// image, and its size is checked before any pixel is decoded.
/// </remarks>
/// <example>
/// <code>
/// using var photo = ImageFile.Decode("photo.jpg");
/// using var upload = ImageFile.Decode(File.ReadAllBytes("photo.jpg"), name: "upload");
/// Console.WriteLine($"{photo.Width}x{photo.Height}");
/// </code>
/// </example>
public static class ImageFile
{
    /// <summary>The most pixels that an image may have by default; 358 MB when decoded. Pillow warns above the same number.</summary>
    public const long DefaultMaximumPixels = 89_478_485;

    /// <summary>Gets the usual extensions of the formats, in lowercase with the dot. A file is read by its content whatever it is called.</summary>
    public static IReadOnlyList<string> Extensions => ImageFormats.Extensions;

    /// <summary>
    /// Adds a reader of further formats for the whole process, once at its start; the package LdmMl.ImageSharp has one for TIFF, TGA and PPM. It is
    /// asked about files that the library does not decode itself.
    /// </summary>
    /// <param name="reader">The reader. Of two of the same type the second is ignored.</param>
    public static void Register(IImageFileReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ImageFormats.Add(reader);
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumPixels">The most pixels that it may have, width times height.</param>
    /// <returns>The image, whose tag is the path. The caller disposes it.</returns>
    /// <exception cref="ImageFileException">The file cannot be read or decoded, or has more than <paramref name="maximumPixels"/>.</exception>
    public static MLImage Decode(string path, long maximumPixels = DefaultMaximumPixels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Decode(EncodedImage.Read(path), path, maximumPixels);
    }

    /// <summary>Decodes the rest of a stream, which stays open.</summary>
    /// <param name="stream">The stream, at the beginning of an image file.</param>
    /// <param name="name">Its name in error messages.</param>
    /// <param name="maximumPixels">The most pixels that the image may have, width times height.</param>
    /// <returns>The image, whose tag is <paramref name="name"/>. The caller disposes it.</returns>
    /// <exception cref="ImageFileException">The stream holds no image that can be decoded, or one of more than <paramref
    /// name="maximumPixels"/>.</exception>
    public static MLImage Decode(Stream stream, string name = "stream", long maximumPixels = DefaultMaximumPixels)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Decode(EncodedImage.Read(stream, name), name, maximumPixels);
    }

    /// <summary>Decodes the bytes of a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">Its name in error messages.</param>
    /// <param name="maximumPixels">The most pixels that the image may have, width times height.</param>
    /// <returns>The image, whose tag is <paramref name="name"/>. The caller disposes it.</returns>
    /// <exception cref="ImageFileException">The bytes are no image that can be decoded, or one of more than <paramref
    /// name="maximumPixels"/>.</exception>
    public static unsafe MLImage Decode(ReadOnlySpan<byte> content, string name = "bytes", long maximumPixels = DefaultMaximumPixels)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (ImageFormats.ReaderOf(content) is { } reader)
        {
            var read = reader.Read(content, name, maximumPixels);
            read.Tag = name;
            return read;
        }

        EncodedImage.CheckKind(content, name);
        fixed (byte* start = content)
        {
            using var data = SKData.Create((nint)start, content.Length);
            using var codec = SKCodec.Create(data)
                ?? throw new ImageFileException(name, "is damaged: its header cannot be read.");
            CheckSize(codec.Info.Width, codec.Info.Height, name, maximumPixels);
            try
            {
                var image = MLImageBitmap.Wrap(Orientation.Apply(Decode(codec, name), Orientation.Of(content)));
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
            SKCodecResult.IncompleteInput => "is truncated: the file ends before the last row of pixels.",
            SKCodecResult.ErrorInInput => "is damaged: its pixels cannot be decoded.",
            SKCodecResult.InvalidInput => "is damaged or truncated: its pixels cannot be decoded.",
            _ => $"cannot be decoded ({result}).",
        });
    }

    private static void CheckSize(int width, int height, string name, long maximumPixels)
    {
        var pixels = (long)width * height;
        if (pixels > maximumPixels)
        {
            throw new ImageFileException(
                name, $"has {width}x{height} = {pixels} pixels, more than the {maximumPixels} allowed; shrink it or raise the limit.");
        }
    }
}
