using System.Runtime.InteropServices;

namespace LdmMl.ImageSharp.Pnm;

/// <summary>How the values of a portable image are stored.</summary>
/// <param name="Width">The pixels of a row.</param>
/// <param name="Channels">3 for colour, 1 for greyscale and bitmaps.</param>
/// <param name="Largest">The value of white, 1 to 65,535.</param>
/// <param name="IsText">Whether values are decimal numbers instead of bytes.</param>
/// <param name="IsBitmap">Whether values are bits, 1 for black.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PnmLayout(int Width, int Channels, int Largest, bool IsText, bool IsBitmap)
{
    /// <summary>
    /// Converts a value to a byte: unchanged for a maximum of 255, the high byte for 65,535, otherwise scaled and rounded, as in Pillow.
    /// </summary>
    public byte ToByte(int value) => Largest switch
    {
        byte.MaxValue => (byte)value,
        ushort.MaxValue => (byte)(value >> 8),
        _ => (byte)(((value * 2L * byte.MaxValue) + Largest) / (2L * Largest)),
    };
}
