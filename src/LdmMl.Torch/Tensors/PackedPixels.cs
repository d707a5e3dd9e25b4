using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors;

/// <summary>Integer arithmetic on pixels in the common form of <see cref="IPixelFormat"/>.</summary>
internal static class PackedPixels
{
    private static Vector256<uint> LowByte => Vector256.Create(0xFFu);

    public static Vector256<uint> Red(Vector256<uint> pixels) => pixels & LowByte;

    public static Vector256<uint> Green(Vector256<uint> pixels) => (pixels >>> 8) & LowByte;

    public static Vector256<uint> Blue(Vector256<uint> pixels) => (pixels >>> 16) & LowByte;

    public static Vector256<uint> Join(Vector256<uint> red, Vector256<uint> green, Vector256<uint> blue) =>
        red | (green << 8) | (blue << 16) | Vector256.Create(0xFF000000u);

    /// <summary>Luma of ITU-R 601-2 in 16-bit fixed point, as Pillow's <c>convert("L")</c>: 0..255.</summary>
    public static Vector256<uint> Luma(Vector256<uint> pixels) =>
        ((Red(pixels) * 19595u) + (Green(pixels) * 38470u) + (Blue(pixels) * 7471u) + Vector256.Create(0x8000u)) >>> 16;

    /// <summary>Lays pixels on a background (packed likewise): (colour * alpha + background * (255 - alpha)) / 255, rounded.</summary>
    public static Vector256<uint> Composite(Vector256<uint> pixels, Vector256<uint> background)
    {
        var alpha = pixels >>> 24;
        var rest = LowByte - alpha;
        return Join(
            Divide255((Red(pixels) * alpha) + (Red(background) * rest)),
            Divide255((Green(pixels) * alpha) + (Green(background) * rest)),
            Divide255((Blue(pixels) * alpha) + (Blue(background) * rest)));
    }

    // Exactly round(x / 255) for x up to 255 * 255.
    private static Vector256<uint> Divide255(Vector256<uint> x)
    {
        var biased = x + Vector256.Create(128u);
        return (biased + (biased >>> 8)) >>> 8;
    }
}
