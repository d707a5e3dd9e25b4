using System.Buffers.Binary;

namespace LdmMl.ImageSharp.Tga;

/// <summary>The header of a TGA.</summary>
internal sealed record TgaHeader
{
    private const int Length = 18, RunLength = 8;

    public required TgaKind Kind { get; init; }

    public required bool IsRunLength { get; init; }

    public required int PaletteStart { get; init; }

    public required int PaletteLength { get; init; }

    public required int PaletteEntryBits { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int BitsPerPixel { get; init; }

    /// <summary>Gets the position of the pixels.</summary>
    public required int PixelStart { get; init; }

    /// <summary>Reads the first 18 bytes.</summary>
    public static TgaHeader Read(ReadOnlySpan<byte> content)
    {
        var (paletteLength, paletteBits) = content[1] == 1 ? (Number(content[5..]), content[7]) : (0, 0);
        return new TgaHeader
        {
            Kind = (TgaKind)(content[2] & ~RunLength),
            IsRunLength = (content[2] & RunLength) != 0,
            PaletteStart = content[1] == 1 ? Number(content[3..]) : 0,
            PaletteLength = paletteLength,
            PaletteEntryBits = paletteBits,
            Width = Number(content[12..]),
            Height = Number(content[14..]),
            BitsPerPixel = content[16],
            PixelStart = Length + content[0] + (paletteLength * ((paletteBits + 7) / 8)),
        };
    }

    private static int Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
