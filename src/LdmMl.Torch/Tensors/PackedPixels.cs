using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LdmMl.Torch.Tensors;

/// <summary>Integer arithmetic on pixels in the common form of <see cref="IPixelFormat"/>.</summary>
internal static class PackedPixels
{
    private static Vector256<uint> LowByte => Vector256.Create(0xFFu);

    /// <summary>Widens eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Lanes(ulong eightBytes)
    {
        var bytes = Vector128.CreateScalarUnsafe(eightBytes).AsByte();
        if (Avx2.IsSupported)
        {
            return Avx2.ConvertToVector256Int32(bytes);
        }

        var shorts = Vector128.WidenLower(bytes);
        return Vector256.Create(Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts)).AsInt32();
    }

    public static Vector256<uint> Red(Vector256<uint> pixels) => pixels & LowByte;

    public static Vector256<uint> Green(Vector256<uint> pixels) => (pixels >>> 8) & LowByte;

    public static Vector256<uint> Blue(Vector256<uint> pixels) => (pixels >>> 16) & LowByte;

    public static Vector256<uint> Join(Vector256<uint> red, Vector256<uint> green, Vector256<uint> blue) =>
        red | (green << 8) | (blue << 16) | Vector256.Create(0xFF000000u);

    /// <summary>Luma of ITU-R 601-2 in 16-bit fixed point, as Pillow's <c>convert("L")</c>: 0..255.</summary>
    public static Vector256<uint> Luma(Vector256<uint> pixels) =>
        ((Red(pixels) * 19595u) + (Green(pixels) * 38470u) + (Blue(pixels) * 7471u) + Vector256.Create(0x8000u)) >>> 16;

    /// <summary>Composites pixels over a background (packed likewise): (colour * alpha + background * (255 - alpha)) / 255, rounded.</summary>
    public static Vector256<uint> Composite(Vector256<uint> pixels, Vector256<uint> background)
    {
        var alpha = pixels >>> 24;
        var rest = LowByte - alpha;
        return Join(
            Divide255((Red(pixels) * alpha) + (Red(background) * rest)),
            Divide255((Green(pixels) * alpha) + (Green(background) * rest)),
            Divide255((Blue(pixels) * alpha) + (Blue(background) * rest)));
    }

    /// <summary>Multiplies colours by alpha, rounded; alpha stays.</summary>
    public static Vector256<uint> Premultiply(Vector256<uint> pixels)
    {
        var alphas = Vector256.Create(0xFF000000u);
        return (Composite(pixels, Vector256<uint>.Zero) & ~alphas) | (pixels & alphas);
    }

    /// <summary>Divides colours by alpha, rounded down and clamped, as Pillow does; fully transparent colours stay.</summary>
    public static Vector256<uint> Unpremultiply(Vector256<uint> pixels)
    {
        var alpha = pixels >>> 24;
        var divisor = Vector256.ConvertToSingle(Vector256.Max(alpha, Vector256<uint>.One).AsInt32());
        var colors = Quotient(Red(pixels), divisor) | (Quotient(Green(pixels), divisor) << 8) | (Quotient(Blue(pixels), divisor) << 16);
        var divided = colors | (alpha << 24);
        return Vector256.ConditionalSelect(Vector256.Equals(alpha, Vector256<uint>.Zero), pixels, divided);
    }

    // 255 * color / divisor: a float quotient of values this small never rounds up to the next integer.
    private static Vector256<uint> Quotient(Vector256<uint> color, Vector256<float> divisor)
    {
        var quotient = Vector256.ConvertToInt32(Vector256.ConvertToSingle((color * 255u).AsInt32()) / divisor);
        return Vector256.Min(quotient, Vector256.Create(255)).AsUInt32();
    }

    // Exactly round(x / 255) for x up to 255 * 255.
    private static Vector256<uint> Divide255(Vector256<uint> x)
    {
        var biased = x + Vector256.Create(128u);
        return (biased + (biased >>> 8)) >>> 8;
    }
}
