using LdmMl.Internals;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.ImageSharp.Pnm;

/// <summary>
/// Portable bitmaps (P1, P4), greyscale (P2, P5) and colour images (P3, P6), as text or as bytes. They are decoded here because ImageSharp 2.1
/// differs from Pillow for 16-bit greyscale images and for bitmaps as text.
/// </summary>
internal static class PnmFile
{
    /// <summary>Determines whether a file begins like one.</summary>
    public static bool IsPnm(ReadOnlySpan<byte> content) =>
        content is [(byte)'P', >= (byte)'1' and <= (byte)'6', (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'#', ..];

    /// <exception cref="ImageFileException">The file is damaged or too large.</exception>
    public static MLImage Read(ReadOnlySpan<byte> content, string name, long maximumPixels)
    {
        var kind = content[1] - '0';
        var (isText, isBitmap, channels) = (kind <= 3, kind is 1 or 4, kind is 3 or 6 ? 3 : 1);
        var reader = new PnmReader(content[2..], name);
        var (width, height) = (reader.Number(), reader.Number());
        Decoding.CheckSize(width, height, name, maximumPixels);
        var largest = isBitmap ? 1 : reader.Number();
        if (largest is < 1 or > ushort.MaxValue)
            throw new ImageFileException(name, $"is damaged: its header says that the largest value is {largest}.");
        if (!isText)
            reader.SkipOne();
        var bitmap = MLImageBitmap.Allocate(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        try
        {
            Fill(MLImageBitmap.Pixels(bitmap), ref reader, new PnmLayout(width, channels, largest, isText, isBitmap));
            return MLImageBitmap.Wrap(bitmap);
        }
        catch
        {
            bitmap.Dispose();
            throw;
        }
    }

    private static void Fill(Span<byte> pixels, ref PnmReader reader, PnmLayout layout)
    {
        var row = new byte[layout.Width * layout.Channels];
        for (var start = 0; start < pixels.Length; start += layout.Width * 4)
        {
            reader.Row(row, layout);
            var target = pixels.Slice(start, layout.Width * 4);
            for (var x = 0; x < layout.Width; x++)
            {
                for (var channel = 0; channel < 3; channel++)
                    target[(x * 4) + channel] = row[(x * layout.Channels) + (layout.Channels == 3 ? channel : 0)];
                target[(x * 4) + 3] = 255;
            }
        }
    }
}
