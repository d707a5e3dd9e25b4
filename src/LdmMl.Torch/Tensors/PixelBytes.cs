using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors;

/// <summary>Operations on interleaved pixels in bytes.</summary>
internal static class PixelBytes
{
    private const int Block = 32;

    /// <summary>Returns whether the alpha of every pixel of four bytes is 255.</summary>
    public static bool IsOpaque(ReadOnlySpan<byte> pixels)
    {
        var x = 0;
        for (; x + Block <= pixels.Length; x += Block)
        {
            var transparent = Vector256.LessThan(Vector256.Create(pixels[x..]).AsUInt32(), Vector256.Create(0xFF000000u));
            if (transparent != Vector256<uint>.Zero)
            {
                return false;
            }
        }

        foreach (var pixel in MemoryMarshal.Cast<byte, uint>(pixels[x..]))
        {
            if (pixel < 0xFF000000u)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Composites transparent pixels over a background, in place, with the arithmetic of <see cref="PixelTensors.ToPlanes"/>.</summary>
    public static void Flatten(Span<byte> pixels, PixelLayout layout, PixelColor background)
    {
        var behind = Vector256.Create(Pack(background, layout));
        var x = 0;
        for (; x + Block <= pixels.Length; x += Block)
        {
            var block = pixels.Slice(x, Block);
            PackedPixels.Composite(Vector256.Create<byte>(block).AsUInt32(), behind).AsByte().CopyTo(block);
        }

        Span<byte> tail = stackalloc byte[Block];
        pixels[x..].CopyTo(tail);
        PackedPixels.Composite(Vector256.Create<byte>(tail).AsUInt32(), behind).AsByte().CopyTo(tail);
        tail[..(pixels.Length - x)].CopyTo(pixels[x..]);
    }

    /// <summary>Fills pixels of four bytes with an opaque colour.</summary>
    public static void Fill(Span<byte> pixels, PixelLayout layout, PixelColor color) =>
        MemoryMarshal.Cast<byte, uint>(pixels).Fill(Pack(color, layout));

    /// <summary>Copies <see cref="PixelLayout.Rgb24"/> to opaque <see cref="PixelLayout.Rgba32"/>.</summary>
    public static void Widen(ReadOnlySpan<byte> colors, Span<byte> result)
    {
        for (var i = 0; i < colors.Length / 3; i++)
        {
            colors.Slice(i * 3, 3).CopyTo(result[(i * 4)..]);
            result[(i * 4) + 3] = 255;
        }
    }

    private static uint Pack(PixelColor color, PixelLayout layout)
    {
        var (first, third) = layout == PixelLayout.Bgra32 ? (color.Blue, color.Red) : (color.Red, color.Blue);
        return first | ((uint)color.Green << 8) | ((uint)third << 16) | 0xFF000000u;
    }
}
