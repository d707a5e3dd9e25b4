using System.Runtime.CompilerServices;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>F(2x2, 3x3) (Lavin and Gray 2016, section 4.1): 16 products for 36. Its sums are shorter than the definition's, and so more exact.</summary>
internal readonly unsafe struct TileF2 : IWinogradTile
{
    private const int Points = 4;

    public static int OutputSide => 2;

    public static int Side => Points;

    public static double[,] FilterTransform { get; } = { { 1, 0, 0 }, { 0.5, 0.5, 0.5 }, { 0.5, -0.5, 0.5 }, { 0, 0, 1 } };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformInput<TLanes>(float** pixels, nint channel, float* target, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        var count = TLanes.Count;
        var half = stackalloc float[Points * Points * count];    // B^T d, [row][column][lanes]
        for (var column = 0; column < Points; column++)
        {
            var p = pixels + column;
            Input(
                TLanes.Load(p[0] + channel), TLanes.Load(p[4] + channel), TLanes.Load(p[8] + channel), TLanes.Load(p[12] + channel),
                half + (column * count), Points * count);
        }

        for (var row = 0; row < Points; row++)
        {
            var h = half + (row * Points * count);
            Input(
                TLanes.Load(h), TLanes.Load(h + count), TLanes.Load(h + (2 * count)), TLanes.Load(h + (3 * count)),
                target + (row * Points * stride), stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformOutput<TLanes>(float* products, nint stride, TLanes bias, OutputPixels target)
        where TLanes : struct, ILanes<TLanes>
    {
        var count = TLanes.Count;
        var half = stackalloc float[2 * Points * count];         // A^T M, [row][column][lanes]
        for (var column = 0; column < Points; column++)
        {
            var m = products + (column * stride);
            Output(
                TLanes.Load(m), TLanes.Load(m + (4 * stride)), TLanes.Load(m + (8 * stride)), TLanes.Load(m + (12 * stride)), out var y0, out var y1);
            TLanes.Store(y0, half + (column * count));
            TLanes.Store(y1, half + ((Points + column) * count));
        }

        for (var row = 0; row < target.Rows; row++)
        {
            var h = half + (row * Points * count);
            Output(TLanes.Load(h), TLanes.Load(h + count), TLanes.Load(h + (2 * count)), TLanes.Load(h + (3 * count)), out var y0, out var y1);
            var y = target.At(row);
            Pixel.Put(y0 + bias, y, target.Adds);
            if (target.Columns > 1)
                Pixel.Put(y1 + bias, y + target.PixelStride, target.Adds);
        }
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
    private static void Output<TLanes>(TLanes m0, TLanes m1, TLanes m2, TLanes m3, out TLanes y0, out TLanes y1)
        where TLanes : struct, ILanes<TLanes>
    {
        y0 = m0 + m1 + m2;
        y1 = m1 - m2 - m3;
    }
}
