using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LdmMl.Torch.Kernels.Products;

/// <summary>Turns rows into columns in squares of eight, in registers (AVX).</summary>
internal static unsafe class Transposition
{
    /// <summary>The side of a square.</summary>
    public const int Side = 8;

    /// <summary>Copies eight rows of eight numbers to eight columns.</summary>
    /// <param name="source">The first row.</param>
    /// <param name="sourceStep">The distance to the next row, in floats.</param>
    /// <param name="target">The first column's place: number j of row i goes to j * targetStep + i.</param>
    /// <param name="targetStep">The distance from a row of the target to the next, in floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]   // a call for every square costs as much as a quarter of it
    public static void Square(float* source, nint sourceStep, float* target, nint targetStep)
    {
        var (a, b) = (Pair(source, sourceStep), Pair(source + (2 * sourceStep), sourceStep));
        var (c, d) = (Pair(source + (4 * sourceStep), sourceStep), Pair(source + (6 * sourceStep), sourceStep));
        Half(a.Low, b.Low, c.Low, d.Low, target, targetStep);
        Half(a.High, b.High, c.High, d.High, target + (2 * targetStep), targetStep);
    }

    // Two rows, their numbers in turn: 0 and 1 of each half, and 2 and 3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> High) Pair(float* source, nint step)
    {
        var (first, second) = (Vector256.Load(source), Vector256.Load(source + step));
        return (Avx.UnpackLow(first, second), Avx.UnpackHigh(first, second));
    }

    // From pairs of rows: columns 0, 1, 4 and 5, counted from the target.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Half(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* target, nint step)
    {
        var (upper, upperNext) = (Avx.Shuffle(a, b, 0x44), Avx.Shuffle(a, b, 0xEE));
        var (lower, lowerNext) = (Avx.Shuffle(c, d, 0x44), Avx.Shuffle(c, d, 0xEE));
        Avx.Permute2x128(upper, lower, 0x20).Store(target);
        Avx.Permute2x128(upperNext, lowerNext, 0x20).Store(target + step);
        Avx.Permute2x128(upper, lower, 0x31).Store(target + (4 * step));
        Avx.Permute2x128(upperNext, lowerNext, 0x31).Store(target + (5 * step));
    }
}
