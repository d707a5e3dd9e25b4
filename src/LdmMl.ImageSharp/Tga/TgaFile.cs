using Microsoft.ML.Data;
using SixLabors.ImageSharp.Formats.Tga;
using SkiaSharp;

namespace LdmMl.ImageSharp.Tga;

/// <summary>TGA files. They have no signature: a file is taken for one if every number of its header is plausible.</summary>
internal static class TgaFile
{
    private const int HeaderLength = 18;

    /// <summary>Determines whether a file begins with a TGA header.</summary>
    public static bool IsTga(ReadOnlySpan<byte> content)
    {
        if (content.Length < HeaderLength || content[1] > 1 || content[17] >= 0x40)
            return false;
        var header = TgaHeader.Read(content);
        var isDepthKnown = header.Kind switch
        {
            TgaKind.Palette => content[1] == 1 && header.BitsPerPixel == 8 && header.PaletteLength > 0 && header.PaletteEntryBits is 15 or 16 or 24 or 32,
            TgaKind.Color => header.BitsPerPixel is 15 or 16 or 24 or 32,
            TgaKind.Grey => header.BitsPerPixel is 8 or 16,
            _ => false,
        };
        return isDepthKnown && header.Width > 0 && header.Height > 0;
    }

    /// <exception cref="ImageFileException">The file is damaged or too large.</exception>
    public static MLImage Read(ReadOnlySpan<byte> content, string name, long maximumPixels)
    {
        var header = TgaHeader.Read(content);
        Decoding.CheckSize(header.Width, header.Height, name, maximumPixels);
        if (header.PaletteStart != 0)
            throw new ImageFileException(name, $"is a TGA whose palette begins at colour {header.PaletteStart}, which is not supported; convert it to RGB.");
        if (!IsWhole(content, header))
            throw new ImageFileException(name, "is truncated or damaged: it does not contain all its pixels.");
        return Decoding.Decode(content.ToArray(), new TgaDecoder(), SKEncodedOrigin.TopLeft, name);
    }

    // Walks over the packets as the decoder will, and checks every palette index.
    private static bool IsWhole(ReadOnlySpan<byte> content, TgaHeader header)
    {
        var size = (header.BitsPerPixel + 7) / 8;
        var pixels = (long)header.Width * header.Height;
        if (header.PixelStart > content.Length)
            return false;
        var rest = content[header.PixelStart..];
        if (!header.IsRunLength)
            return rest.Length >= pixels * size && ColorsExist(rest[..(int)(pixels * size)], header);
        while (pixels > 0)
        {
            if (rest.IsEmpty)
                return false;
            var count = (rest[0] & 0x7F) + 1;
            var length = (rest[0] & 0x80) != 0 ? size : count * size;
            if (rest.Length <= length || count > pixels || !ColorsExist(rest.Slice(1, length), header))
                return false;
            pixels -= count;
            rest = rest[(length + 1)..];
        }

        return true;
    }

    private static bool ColorsExist(ReadOnlySpan<byte> pixels, TgaHeader header) =>
        header.Kind != TgaKind.Palette || header.PaletteLength > byte.MaxValue || !pixels.ContainsAnyInRange((byte)header.PaletteLength, byte.MaxValue);
}
