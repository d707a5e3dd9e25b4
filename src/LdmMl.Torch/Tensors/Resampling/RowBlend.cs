using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors.Resampling;

/// <summary>The vertical filter: a weighted sum of rows of bytes.</summary>
internal static class RowBlend
{
    /// <summary>The multiple of bytes that rows are padded to.</summary>
    public const int Block = 32;

    /// <summary>Blends rows that lie in two pieces of memory.</summary>
    public static void Apply(
        ReadOnlySpan<byte> rows, ReadOnlySpan<int> weights, ReadOnlySpan<byte> moreRows, ReadOnlySpan<int> moreWeights, Span<byte> target)
    {
        for (var x = 0; x < target.Length; x += Block)
        {
            var sums = default(Sums);
            sums.Add(rows[x..], target.Length, weights);
            sums.Add(moreRows[x..], target.Length, moreWeights);
            sums.Store(target[x..]);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private ref struct Sums
    {
        private Vector256<int> a;
        private Vector256<int> b;
        private Vector256<int> c;
        private Vector256<int> d;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights)
        {
            var (a, b, c, d) = (this.a, this.b, this.c, this.d);
            for (var i = 0; i < weights.Length; i++)
            {
                var eights = MemoryMarshal.Cast<byte, ulong>(rows.Slice(i * stride, Block));
                var factor = Vector256.Create(weights[i]);
                a += PackedPixels.Lanes(eights[0]) * factor;
                b += PackedPixels.Lanes(eights[1]) * factor;
                c += PackedPixels.Lanes(eights[2]) * factor;
                d += PackedPixels.Lanes(eights[3]) * factor;
            }

            (this.a, this.b, this.c, this.d) = (a, b, c, d);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(Span<byte> target) =>
            Vector256.Narrow(Vector256.Narrow(Round(a), Round(b)), Vector256.Narrow(Round(c), Round(d))).CopyTo(target);

        private static Vector256<uint> Round(Vector256<int> sum)
        {
            var rounded = (sum + Vector256.Create(1 << (FilterWeights.PrecisionBits - 1))) >> FilterWeights.PrecisionBits;
            return Vector256.Min(Vector256.Max(rounded, Vector256<int>.Zero), Vector256.Create(255)).AsUInt32();
        }
    }
}
