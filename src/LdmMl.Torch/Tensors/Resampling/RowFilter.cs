using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors.Resampling;

/// <summary>The horizontal filter, on pixels of four lanes.</summary>
internal static class RowFilter
{
    /// <summary>The multiple of pixels that rows are padded to.</summary>
    public const int Block = 8;

    /// <summary>Computes each output pixel from its input pixels.</summary>
    /// <param name="source">A packed row, one pixel longer than the image at least.</param>
    /// <param name="weights">The weights for each output pixel.</param>
    /// <param name="target">Receives the output row; may be longer.</param>
    public static void Apply(ReadOnlySpan<uint> source, FilterWeights weights, Span<uint> target)
    {
        for (var x = 0; x < weights.Length; x++)
        {
            var count = (weights.Count(x) + 1) & ~1;
            target[x] = Sum(source.Slice(weights.First(x), count), weights.Weights(x)[..count]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Sum(ReadOnlySpan<uint> pixels, ReadOnlySpan<int> weights)
    {
        // Two pixels at a time: eight lanes.
        var pixelPairs = MemoryMarshal.Cast<uint, ulong>(pixels);
        var weightPairs = MemoryMarshal.Cast<int, ulong>(weights);
        var sums = Vector256<int>.Zero;
        for (var i = 0; i < pixelPairs.Length; i++)
        {
            var values = PackedPixels.Lanes(pixelPairs[i]);
            var factors = Vector256.Shuffle(Vector256.Create(weightPairs[i]).AsInt32(), Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1));
            sums += values * factors;
        }

        var sum = sums.GetLower() + sums.GetUpper() + Vector128.Create(1 << (FilterWeights.PrecisionBits - 1));
        var bytes = Vector128.Min(Vector128.Max(sum >> FilterWeights.PrecisionBits, Vector128<int>.Zero), Vector128.Create(255)).AsUInt32();
        var shorts = Vector128.Narrow(bytes, bytes);
        return Vector128.Narrow(shorts, shorts).AsUInt32().ToScalar();
    }
}
