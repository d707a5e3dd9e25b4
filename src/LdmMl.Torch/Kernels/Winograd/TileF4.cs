using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>F(4x4, 3x3) (Lavin and Gray 2016, section 4.2): 36 products instead of 144. Its larger coefficients cost about two bits.</summary>
internal readonly unsafe struct TileF4 : IWinogradTile
{
    private const int Points = 6, Outputs = 4, Taps = 3;

    public static int OutputSide => Outputs;

    public static int Side => Points;

    public static int ChannelsOfSum => 1 << 20;                  // its transforms lose more than long sums do

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformFilters(float* taps, nint step, float* target, nint stride)
    {
        var room = stackalloc double[(Points * Taps * EightDoubles.Count) + ScratchMemory.Line];
        var half = (double*)ScratchMemory.Align((float*)room);   // G g, [row][column][filter]
        for (var column = 0; column < Taps; column++)
        {
            var g = taps + (column * step);
            Filter(
                EightDoubles.Load(g), EightDoubles.Load(g + (Taps * step)), EightDoubles.Load(g + (2 * Taps * step)),
                out var g0, out var g1, out var g2, out var g3, out var g4, out var g5);
            var h = half + (column * EightDoubles.Count);
            g0.Store(h);
            g1.Store(h + (Taps * EightDoubles.Count));
            g2.Store(h + (2 * Taps * EightDoubles.Count));
            g3.Store(h + (3 * Taps * EightDoubles.Count));
            g4.Store(h + (4 * Taps * EightDoubles.Count));
            g5.Store(h + (5 * Taps * EightDoubles.Count));
        }

        for (var row = 0; row < Points; row++, target += Points * stride)
        {
            var h = half + (row * Taps * EightDoubles.Count);
            Filter(
                Vector512.Load(h), Vector512.Load(h + EightDoubles.Count), Vector512.Load(h + (2 * EightDoubles.Count)),
                out var u0, out var u1, out var u2, out var u3, out var u4, out var u5);
            EightDoubles.Round(u0, target);
            EightDoubles.Round(u1, target + stride);
            EightDoubles.Round(u2, target + (2 * stride));
            EightDoubles.Round(u3, target + (3 * stride));
            EightDoubles.Round(u4, target + (4 * stride));
            EightDoubles.Round(u5, target + (5 * stride));
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformInput<TLanes>(float** pixels, int channels, float* target, nint step, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        var room = stackalloc float[(Points * Points * TLanes.Count) + ScratchMemory.Line];
        var half = ScratchMemory.Align(room);                    // B^T d, [row][column][lanes]
        for (var channel = 0; channel < channels; channel += TLanes.Count, target += step)
        {
            for (var column = 0; column < Points; column++)
            {
                var p = pixels + column;
                Input(
                    TLanes.Load(p[0] + channel), TLanes.Load(p[6] + channel), TLanes.Load(p[12] + channel),
                    TLanes.Load(p[18] + channel), TLanes.Load(p[24] + channel), TLanes.Load(p[30] + channel),
                    half + (column * TLanes.Count), Points * TLanes.Count);
            }

            for (var row = 0; row < Points; row++)
            {
                var h = half + (row * Points * TLanes.Count);
                Input(
                    TLanes.Load(h), TLanes.Load(h + TLanes.Count), TLanes.Load(h + (2 * TLanes.Count)),
                    TLanes.Load(h + (3 * TLanes.Count)), TLanes.Load(h + (4 * TLanes.Count)), TLanes.Load(h + (5 * TLanes.Count)),
                    target + (row * Points * stride), stride);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformOutput<TLanes>(float* products, nint stride, TLanes bias, in OutputPixels target)
        where TLanes : struct, ILanes<TLanes>
    {
        var room = stackalloc float[(Outputs * Points * TLanes.Count) + ScratchMemory.Line];
        var half = ScratchMemory.Align(room);                    // A^T M, [row][column][lanes]
        for (var column = 0; column < Points; column++)
        {
            Output<TLanes>(products + (column * stride), Points * stride, out var y0, out var y1, out var y2, out var y3);
            var h = half + (column * TLanes.Count);
            TLanes.Store(y0, h);
            TLanes.Store(y1, h + (Points * TLanes.Count));
            TLanes.Store(y2, h + (2 * Points * TLanes.Count));
            TLanes.Store(y3, h + (3 * Points * TLanes.Count));
        }

        for (var row = 0; row < target.Rows; row++)
        {
            Output<TLanes>(half + (row * Points * TLanes.Count), TLanes.Count, out var y0, out var y1, out var y2, out var y3);
            var y = target.At(row);
            target.Put(y0 + bias, y);
            if (target.Columns > 1)
                target.Put(y1 + bias, y + target.PixelStride);
            if (target.Columns > 2)
                target.Put(y2 + bias, y + (2 * target.PixelStride));
            if (target.Columns > 3)
                target.Put(y3 + bias, y + (3 * target.PixelStride));
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformGradient<TLanes>(float** pixels, nint channel, float* target, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        var room = stackalloc float[(Points * Outputs * TLanes.Count) + ScratchMemory.Line];
        var half = ScratchMemory.Align(room);                    // A y, [row][column][lanes]
        for (var column = 0; column < Outputs; column++)
        {
            var p = pixels + column;
            Gradient(
                TLanes.Load(p[0] + channel), TLanes.Load(p[4] + channel), TLanes.Load(p[8] + channel), TLanes.Load(p[12] + channel),
                half + (column * TLanes.Count), Outputs * TLanes.Count);
        }

        for (var row = 0; row < Points; row++)
        {
            var h = half + (row * Outputs * TLanes.Count);
            Gradient(
                TLanes.Load(h), TLanes.Load(h + TLanes.Count), TLanes.Load(h + (2 * TLanes.Count)), TLanes.Load(h + (3 * TLanes.Count)),
                target + (row * Points * stride), stride);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformSums<TLanes>(float* sums, nint stride, float* target, nint step)
        where TLanes : struct, ILanes<TLanes>
    {
        var room = stackalloc float[(Taps * Points * TLanes.Count) + ScratchMemory.Line];
        var half = ScratchMemory.Align(room);                    // G^T S, [row][column][lanes]
        for (var column = 0; column < Points; column++)
            Sums<TLanes>(sums + (column * stride), Points * stride, half + (column * TLanes.Count), Points * TLanes.Count);
        for (var row = 0; row < Taps; row++)
            Sums<TLanes>(half + (row * Points * TLanes.Count), TLanes.Count, target + (row * Taps * step), step);
    }

    // G = [1/4 0 0; -1/6 -1/6 -1/6; -1/6 1/6 -1/6; 1/24 1/12 1/6; 1/24 -1/12 1/6; 0 0 1]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Filter(
        Vector512<double> g0, Vector512<double> g1, Vector512<double> g2, out Vector512<double> u0, out Vector512<double> u1,
        out Vector512<double> u2, out Vector512<double> u3, out Vector512<double> u4, out Vector512<double> u5)
    {
        var (outer, middle) = ((g0 + g2) * (-1 / 6.0), g1 * (1 / 6.0));
        var (wide, narrow) = ((g0 * (1 / 24.0)) + (g2 * (1 / 6.0)), g1 * (1 / 12.0));
        u0 = g0 * (1 / 4.0);
        u1 = outer - middle;
        u2 = outer + middle;
        u3 = wide + narrow;
        u4 = wide - narrow;
        u5 = g2;
    }

    // B^T = [4 0 -5 0 1 0; 0 -4 -4 1 1 0; 0 4 -4 -1 1 0; 0 -2 -1 2 1 0; 0 2 -1 -2 1 0; 0 4 0 -5 0 1]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Input<TLanes>(TLanes d0, TLanes d1, TLanes d2, TLanes d3, TLanes d4, TLanes d5, float* v, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        var (two, four, minusFour, minusFive) = (TLanes.Broadcast(2), TLanes.Broadcast(4), TLanes.Broadcast(-4), TLanes.Broadcast(-5));
        var (even, odd) = (TLanes.MultiplyAdd(minusFour, d2, d4), TLanes.MultiplyAdd(minusFour, d1, d3));   // d4 - 4 d2, d3 - 4 d1
        var (evens, odds) = (d4 - d2, (d3 - d1) * two);
        TLanes.Store(TLanes.MultiplyAdd(four, d0, TLanes.MultiplyAdd(minusFive, d2, d4)), v);
        TLanes.Store(even + odd, v + stride);
        TLanes.Store(even - odd, v + (2 * stride));
        TLanes.Store(evens + odds, v + (3 * stride));
        TLanes.Store(evens - odds, v + (4 * stride));
        TLanes.Store(TLanes.MultiplyAdd(four, d1, TLanes.MultiplyAdd(minusFive, d3, d5)), v + (5 * stride));
    }

    // A^T = [1 1 1 1 1 0; 0 1 -1 2 -2 0; 0 1 1 4 4 0; 0 1 -1 8 -8 1]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Output<TLanes>(float* m, nint stride, out TLanes y0, out TLanes y1, out TLanes y2, out TLanes y3)
        where TLanes : struct, ILanes<TLanes>
    {
        var (m1, m2, m3, m4) =
            (TLanes.Load(m + stride), TLanes.Load(m + (2 * stride)), TLanes.Load(m + (3 * stride)), TLanes.Load(m + (4 * stride)));
        var (sum, difference, farSum, farDifference) = (m1 + m2, m1 - m2, m3 + m4, m3 - m4);
        y0 = TLanes.Load(m) + sum + farSum;
        y1 = TLanes.MultiplyAdd(TLanes.Broadcast(2), farDifference, difference);
        y2 = TLanes.MultiplyAdd(TLanes.Broadcast(4), farSum, sum);
        y3 = TLanes.MultiplyAdd(TLanes.Broadcast(8), farDifference, difference) + TLanes.Load(m + (5 * stride));
    }

    // A, the transposed matrix above.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradient<TLanes>(TLanes y0, TLanes y1, TLanes y2, TLanes y3, float* z, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        var (two, four, eight) = (TLanes.Broadcast(2), TLanes.Broadcast(4), TLanes.Broadcast(8));
        var (even, odd) = (y0 + y2, y1 + y3);
        var (evens, odds) = (TLanes.MultiplyAdd(four, y2, y0), TLanes.MultiplyAdd(eight, y3, two * y1));
        TLanes.Store(y0, z);
        TLanes.Store(even + odd, z + stride);
        TLanes.Store(even - odd, z + (2 * stride));
        TLanes.Store(evens + odds, z + (3 * stride));
        TLanes.Store(evens - odds, z + (4 * stride));
        TLanes.Store(y3, z + (5 * stride));
    }

    // G^T, of the matrix of filters.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sums<TLanes>(float* s, nint stride, float* g, nint step)
        where TLanes : struct, ILanes<TLanes>
    {
        var (s1, s2, s3, s4) =
            (TLanes.Load(s + stride), TLanes.Load(s + (2 * stride)), TLanes.Load(s + (3 * stride)), TLanes.Load(s + (4 * stride)));
        var (sixth, twelfth) = (TLanes.Broadcast(1 / 6f), TLanes.Broadcast(1 / 12f));
        var (near, far) = ((s1 + s2) * sixth, s3 + s4);
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(s), TLanes.Broadcast(1 / 4f), TLanes.MultiplyAdd(far, TLanes.Broadcast(1 / 24f), TLanes.Zero - near)), g);
        TLanes.Store(TLanes.MultiplyAdd(s2 - s1, sixth, (s3 - s4) * twelfth), g + step);
        TLanes.Store(TLanes.MultiplyAdd(far, sixth, TLanes.Load(s + (5 * stride)) - near), g + (2 * step));
    }
}
