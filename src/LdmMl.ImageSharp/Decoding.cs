using LdmMl.Images;
using LdmMl.Internals;
using Microsoft.ML.Data;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;
using SkiaSharp;

namespace LdmMl.ImageSharp;

/// <summary>Runs a decoder of ImageSharp on a file that was checked, and converts the pixels to an upright ML.NET image.</summary>
internal static class Decoding
{
    // Not Configuration.Default, so that process-wide changes to it have no effect here.
    private static readonly Configuration Settings = new();

    /// <exception cref="ImageFileException">There are too many pixels, or none.</exception>
    public static void CheckSize(long width, long height, string name, long maximumPixels)
    {
        if (width < 1 || height < 1 || width > int.MaxValue || height > int.MaxValue)
            throw new ImageFileException(name, $"is damaged: its header says {width}x{height} pixels.");
        if (width * height > maximumPixels)
        {
            throw new ImageFileException(
                name, $"has {width}x{height} = {width * height} pixels, more than the {maximumPixels} allowed; shrink it or raise the limit.");
        }
    }

    /// <summary>Decodes pixels with 8 bits per channel.</summary>
    public static MLImage Decode(byte[] content, IImageDecoder decoder, SKEncodedOrigin orientation, string name) =>
        Guard(name, () =>
        {
            using var image = decoder.Decode<Rgba32>(Settings, new MemoryStream(content), default);
            return Upright(PixelRows.ToBitmap(image), orientation);
        });

    /// <summary>Decodes pixels with 16 bits per channel and keeps the high byte.</summary>
    public static MLImage DecodeHighBytes(byte[] content, IImageDecoder decoder, SKEncodedOrigin orientation, string name) =>
        Guard(name, () =>
        {
            using var image = decoder.Decode<Rgba64>(Settings, new MemoryStream(content), default);
            return Upright(PixelRows.ToBitmap(image), orientation);
        });

    /// <summary>Runs a function, and translates every failure to an exception that names the file.</summary>
    /// <exception cref="ImageFileException">The function failed.</exception>
    public static MLImage Guard(string name, Func<MLImage> decode)
    {
        try
        {
            return decode();
        }
        catch (NotSupportedException error)
        {
            throw new ImageFileException(name, $"cannot be decoded: {error.Message}", error);
        }
        catch (Exception error) when (error is not ImageFileException)
        {
            // Damaged data causes exceptions of many kinds inside the decoder.
            throw new ImageFileException(name, $"is damaged: its pixels cannot be decoded.", error);
        }
    }

    private static MLImage Upright(SKBitmap bitmap, SKEncodedOrigin orientation) => MLImageBitmap.Wrap(Orientation.Apply(bitmap, orientation));
}
