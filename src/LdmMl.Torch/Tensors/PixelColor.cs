using System.Runtime.InteropServices;

namespace LdmMl.Torch.Tensors;

/// <summary>An opaque 8-bit sRGB colour, such as the background behind transparent pixels.</summary>
/// <param name="Red">The red component, 0 to 255.</param>
/// <param name="Green">The green component, 0 to 255.</param>
/// <param name="Blue">The blue component, 0 to 255.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PixelColor(byte Red, byte Green, byte Blue)
{
    /// <summary>Gets white.</summary>
    public static PixelColor White => new(255, 255, 255);

    /// <summary>Gets black.</summary>
    public static PixelColor Black => default;
}
