using System.Runtime.CompilerServices;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Products;

/// <summary>
/// The matrix product at the heart of linear layers and attention: a few rows of numbers, read where they lie, times a panel of twice the lanes'
/// columns. As many sums stay in registers as hide the latency of a multiply-add: sixteen of 512 bits, eight of 256.
/// </summary>
internal static unsafe class PanelProduct
{
    /// <summary>How many rows are multiplied at once.</summary>
    public static int Rows<TLanes>()
        where TLanes : struct, ILanes<TLanes> => TLanes.Count / 2;

    /// <summary>Y = A B for any number of rows. Each element is one chain of sums over the depth, whichever rows are computed with it.</summary>
    /// <param name="numbers">A: row i and depth k at i * rowStep + k * depthStep.</param>
    /// <param name="rowStep">The distance from a row to the next, in floats.</param>
    /// <param name="depthStep">The distance from a number of a row to the next, in floats.</param>
    /// <param name="panel">B: [depth][2 lanes].</param>
    /// <param name="target">Y: [rows][2 lanes].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="adds">Whether the products are added to the existing values.</param>
    public static void Multiply<TLanes>(float* numbers, nint rowStep, nint depthStep, float* panel, float* target, int rows, int depth, bool adds)
        where TLanes : struct, ILanes<TLanes>
    {
        var (whole, width) = (Rows<TLanes>(), 2 * TLanes.Count);
        var row = 0;
        for (; row <= rows - whole; row += whole)
            MultiplyWhole<TLanes>(numbers + (row * rowStep), rowStep, depthStep, panel, target + (row * width), depth, adds);
        for (; row < rows; row++)
            MultiplyOne<TLanes>(numbers + (row * rowStep), depthStep, panel, target + (row * width), depth, adds);
    }

    private static void MultiplyWhole<TLanes>(float* numbers, nint rowStep, nint depthStep, float* panel, float* target, int depth, bool adds)
        where TLanes : struct, ILanes<TLanes>
    {
        if (TLanes.Count == 16)
            MultiplyEight<TLanes>(numbers, rowStep, depthStep, panel, target, depth, adds);
        else
            MultiplyFour<TLanes>(numbers, rowStep, depthStep, panel, target, depth, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyEight<TLanes>(float* numbers, nint rowStep, nint depthStep, float* panel, float* target, nint depth, bool adds)
        where TLanes : struct, ILanes<TLanes>
    {
        nint n = TLanes.Count;
        TLanes a0 = TLanes.Zero, a1 = TLanes.Zero, a2 = TLanes.Zero, a3 = TLanes.Zero;
        TLanes a4 = TLanes.Zero, a5 = TLanes.Zero, a6 = TLanes.Zero, a7 = TLanes.Zero;
        TLanes b0 = TLanes.Zero, b1 = TLanes.Zero, b2 = TLanes.Zero, b3 = TLanes.Zero;
        TLanes b4 = TLanes.Zero, b5 = TLanes.Zero, b6 = TLanes.Zero, b7 = TLanes.Zero;
        var upper = numbers + (4 * rowStep);
        nint two = 2 * rowStep, three = 3 * rowStep;
        for (; depth != 0; depth--, numbers += depthStep, upper += depthStep, panel += 2 * n)
        {
            var (u, w) = (TLanes.Load(panel), TLanes.Load(panel + n));
            var v = TLanes.Broadcast(numbers[0]);
            (a0, b0) = (TLanes.MultiplyAdd(v, u, a0), TLanes.MultiplyAdd(v, w, b0));
            v = TLanes.Broadcast(numbers[rowStep]);
            (a1, b1) = (TLanes.MultiplyAdd(v, u, a1), TLanes.MultiplyAdd(v, w, b1));
            v = TLanes.Broadcast(numbers[two]);
            (a2, b2) = (TLanes.MultiplyAdd(v, u, a2), TLanes.MultiplyAdd(v, w, b2));
            v = TLanes.Broadcast(numbers[three]);
            (a3, b3) = (TLanes.MultiplyAdd(v, u, a3), TLanes.MultiplyAdd(v, w, b3));
            v = TLanes.Broadcast(upper[0]);
            (a4, b4) = (TLanes.MultiplyAdd(v, u, a4), TLanes.MultiplyAdd(v, w, b4));
            v = TLanes.Broadcast(upper[rowStep]);
            (a5, b5) = (TLanes.MultiplyAdd(v, u, a5), TLanes.MultiplyAdd(v, w, b5));
            v = TLanes.Broadcast(upper[two]);
            (a6, b6) = (TLanes.MultiplyAdd(v, u, a6), TLanes.MultiplyAdd(v, w, b6));
            v = TLanes.Broadcast(upper[three]);
            (a7, b7) = (TLanes.MultiplyAdd(v, u, a7), TLanes.MultiplyAdd(v, w, b7));
        }

        Store(target, a0, b0, adds);
        Store(target + (2 * n), a1, b1, adds);
        Store(target + (4 * n), a2, b2, adds);
        Store(target + (6 * n), a3, b3, adds);
        Store(target + (8 * n), a4, b4, adds);
        Store(target + (10 * n), a5, b5, adds);
        Store(target + (12 * n), a6, b6, adds);
        Store(target + (14 * n), a7, b7, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyFour<TLanes>(float* numbers, nint rowStep, nint depthStep, float* panel, float* target, nint depth, bool adds)
        where TLanes : struct, ILanes<TLanes>
    {
        nint n = TLanes.Count;
        TLanes a0 = TLanes.Zero, a1 = TLanes.Zero, a2 = TLanes.Zero, a3 = TLanes.Zero;
        TLanes b0 = TLanes.Zero, b1 = TLanes.Zero, b2 = TLanes.Zero, b3 = TLanes.Zero;
        nint two = 2 * rowStep, three = 3 * rowStep;
        for (; depth != 0; depth--, numbers += depthStep, panel += 2 * n)
        {
            var (u, w) = (TLanes.Load(panel), TLanes.Load(panel + n));
            var v = TLanes.Broadcast(numbers[0]);
            (a0, b0) = (TLanes.MultiplyAdd(v, u, a0), TLanes.MultiplyAdd(v, w, b0));
            v = TLanes.Broadcast(numbers[rowStep]);
            (a1, b1) = (TLanes.MultiplyAdd(v, u, a1), TLanes.MultiplyAdd(v, w, b1));
            v = TLanes.Broadcast(numbers[two]);
            (a2, b2) = (TLanes.MultiplyAdd(v, u, a2), TLanes.MultiplyAdd(v, w, b2));
            v = TLanes.Broadcast(numbers[three]);
            (a3, b3) = (TLanes.MultiplyAdd(v, u, a3), TLanes.MultiplyAdd(v, w, b3));
        }

        Store(target, a0, b0, adds);
        Store(target + (2 * n), a1, b1, adds);
        Store(target + (4 * n), a2, b2, adds);
        Store(target + (6 * n), a3, b3, adds);
    }

    private static void MultiplyOne<TLanes>(float* numbers, nint depthStep, float* panel, float* target, nint depth, bool adds)
        where TLanes : struct, ILanes<TLanes>
    {
        nint n = TLanes.Count;
        TLanes a = TLanes.Zero, b = TLanes.Zero;
        for (; depth != 0; depth--, numbers += depthStep, panel += 2 * n)
        {
            var v = TLanes.Broadcast(numbers[0]);
            (a, b) = (TLanes.MultiplyAdd(v, TLanes.Load(panel), a), TLanes.MultiplyAdd(v, TLanes.Load(panel + n), b));
        }

        Store(target, a, b, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes>(float* target, TLanes first, TLanes second, bool adds)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes.Store(adds ? TLanes.Load(target) + first : first, target);
        TLanes.Store(adds ? TLanes.Load(target + TLanes.Count) + second : second, target + TLanes.Count);
    }
}
