using System.Runtime.InteropServices;

namespace LdmMl.ImageSharp.Pnm;

/// <summary>How the values of a portable image are written.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Channels">3 for colours, 1 for greys and bitmaps.</param>
/// <param name="Largest">The value of white, 1 to 65,535.</param>
/// <param name="IsText">Whether values are decimal numbers rather than bytes.</param>
/// <param name="IsBitmap">Whether values are bits, of which 1 is black.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PnmLayout(int Width, int Channels, int Largest, bool IsText, bool IsBitmap)
{
    /// <summary>Gets the byte of a value: as it is up to 255, the high byte of 16 bits, scaled and rounded otherwise, as Pillow does.</summary>
    public byte ToByte(int value) => Largest switch
    {
        byte.MaxValue => (byte)value,
        ushort.MaxValue => (byte)(value >> 8),
        _ => (byte)(((value * 2L * byte.MaxValue) + Largest) / (2L * Largest)),
    };
}
