using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// F(2x2, 3x3) (Lavin and Gray 2016, section 4.1): 16 products instead of 36. Its sums are shorter than those of direct convolution, and so more
/// exact.
/// </summary>
internal readonly unsafe struct TileF2 : IWinogradTile
{
    private const int Points = 4, Outputs = 2, Taps = 3;

    public static int OutputSide => Outputs;

    public static int Side => Points;

    public static int ChannelsOfSum => 64;

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
                out var g0, out var g1, out var g2, out var g3);
            var h = half + (column * EightDoubles.Count);
            g0.Store(h);
            g1.Store(h + (Taps * EightDoubles.Count));
            g2.Store(h + (2 * Taps * EightDoubles.Count));
            g3.Store(h + (3 * Taps * EightDoubles.Count));
        }

        for (var row = 0; row < Points; row++, target += Points * stride)
        {
            var h = half + (row * Taps * EightDoubles.Count);
            Filter(
                Vector512.Load(h), Vector512.Load(h + EightDoubles.Count), Vector512.Load(h + (2 * EightDoubles.Count)),
                out var u0, out var u1, out var u2, out var u3);
            EightDoubles.Round(u0, target);
            EightDoubles.Round(u1, target + stride);
            EightDoubles.Round(u2, target + (2 * stride));
            EightDoubles.Round(u3, target + (3 * stride));
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
                    TLanes.Load(p[0] + channel), TLanes.Load(p[4] + channel), TLanes.Load(p[8] + channel), TLanes.Load(p[12] + channel),
                    half + (column * TLanes.Count), Points * TLanes.Count);
            }

            for (var row = 0; row < Points; row++)
            {
                var h = half + (row * Points * TLanes.Count);
                Input(
                    TLanes.Load(h), TLanes.Load(h + TLanes.Count), TLanes.Load(h + (2 * TLanes.Count)), TLanes.Load(h + (3 * TLanes.Count)),
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
            Output<TLanes>(products + (column * stride), Points * stride, out var y0, out var y1);
            TLanes.Store(y0, half + (column * TLanes.Count));
            TLanes.Store(y1, half + ((Points + column) * TLanes.Count));
        }

        for (var row = 0; row < target.Rows; row++)
        {
            Output<TLanes>(half + (row * Points * TLanes.Count), TLanes.Count, out var y0, out var y1);
            var y = target.At(row);
            target.Put(y0 + bias, y);
            if (target.Columns > 1)
                target.Put(y1 + bias, y + target.PixelStride);
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
            Gradient(
                TLanes.Load(pixels[column] + channel), TLanes.Load(pixels[Outputs + column] + channel),
                half + (column * TLanes.Count), Outputs * TLanes.Count);
        }

        for (var row = 0; row < Points; row++)
        {
            var h = half + (row * Outputs * TLanes.Count);
            Gradient(TLanes.Load(h), TLanes.Load(h + TLanes.Count), target + (row * Points * stride), stride);
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

    // G = [1 0 0; 1/2 1/2 1/2; 1/2 -1/2 1/2; 0 0 1]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Filter(
        Vector512<double> g0, Vector512<double> g1, Vector512<double> g2,
        out Vector512<double> u0, out Vector512<double> u1, out Vector512<double> u2, out Vector512<double> u3)
    {
        var (outer, middle) = ((g0 + g2) * 0.5, g1 * 0.5);
        u0 = g0;
        u1 = outer + middle;
        u2 = outer - middle;
        u3 = g2;
    }

    // B^T = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Input<TLanes>(TLanes d0, TLanes d1, TLanes d2, TLanes d3, float* v, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes.Store(d0 - d2, v);
        TLanes.Store(d1 + d2, v + stride);
        TLanes.Store(d2 - d1, v + (2 * stride));
        TLanes.Store(d1 - d3, v + (3 * stride));
    }

    // A^T = [1 1 1 0; 0 1 -1 -1]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Output<TLanes>(float* m, nint stride, out TLanes y0, out TLanes y1)
        where TLanes : struct, ILanes<TLanes>
    {
        var (m1, m2) = (TLanes.Load(m + stride), TLanes.Load(m + (2 * stride)));
        y0 = TLanes.Load(m) + m1 + m2;
        y1 = m1 - m2 - TLanes.Load(m + (3 * stride));
    }

    // A, the transposed matrix above.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradient<TLanes>(TLanes y0, TLanes y1, float* z, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes.Store(y0, z);
        TLanes.Store(y0 + y1, z + stride);
        TLanes.Store(y0 - y1, z + (2 * stride));
        TLanes.Store(TLanes.Zero - y1, z + (3 * stride));
    }

    // G^T, of the matrix of filters.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sums<TLanes>(float* s, nint stride, float* g, nint step)
        where TLanes : struct, ILanes<TLanes>
    {
        var (s1, s2, half) = (TLanes.Load(s + stride), TLanes.Load(s + (2 * stride)), TLanes.Broadcast(0.5f));
        var outer = (s1 + s2) * half;
        TLanes.Store(TLanes.Load(s) + outer, g);
        TLanes.Store((s1 - s2) * half, g + step);
        TLanes.Store(outer + TLanes.Load(s + (3 * stride)), g + (2 * step));
    }
}
