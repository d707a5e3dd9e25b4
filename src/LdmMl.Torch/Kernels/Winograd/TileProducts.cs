using System.Runtime.CompilerServices;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// The matrix product at the heart of a Winograd convolution: six tiles by twice the lanes' output channels. Twelve sums stay in registers on
/// every width, enough to hide the latency of a multiply-add; wider blocks did not get faster (and spill with 16 registers).
/// </summary>
internal static unsafe class TileProducts
{
    /// <summary>How many tiles are multiplied at once.</summary>
    public const int Tiles = 6;

    /// <summary>M = V U for one xi.</summary>
    /// <param name="inputs">V: [Cin / lanes][6 tiles][lanes].</param>
    /// <param name="weights">U: [Cin][2 lanes].</param>
    /// <param name="products">M: [6 tiles][2 lanes].</param>
    /// <param name="blocks">Cin / lanes, or a part of it.</param>
    /// <param name="start">What becomes of the existing values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TLanes>(float* inputs, float* weights, float* products, nint blocks, SumStart start)
        where TLanes : struct, ILanes<TLanes>
    {
        nint n = TLanes.Count;
        TLanes a0 = TLanes.Zero, a1 = TLanes.Zero, a2 = TLanes.Zero, a3 = TLanes.Zero, a4 = TLanes.Zero, a5 = TLanes.Zero;
        TLanes b0 = TLanes.Zero, b1 = TLanes.Zero, b2 = TLanes.Zero, b3 = TLanes.Zero, b4 = TLanes.Zero, b5 = TLanes.Zero;
        if (start == SumStart.Continues)
        {
            (a0, b0) = (TLanes.Load(products), TLanes.Load(products + n));
            (a1, b1) = (TLanes.Load(products + (2 * n)), TLanes.Load(products + (3 * n)));
            (a2, b2) = (TLanes.Load(products + (4 * n)), TLanes.Load(products + (5 * n)));
            (a3, b3) = (TLanes.Load(products + (6 * n)), TLanes.Load(products + (7 * n)));
            (a4, b4) = (TLanes.Load(products + (8 * n)), TLanes.Load(products + (9 * n)));
            (a5, b5) = (TLanes.Load(products + (10 * n)), TLanes.Load(products + (11 * n)));
        }

        var adds = start == SumStart.Adds;
        for (; blocks != 0; blocks--, inputs += (Tiles - 1) * n)
        {
            for (var end = inputs + n; inputs != end; inputs++, weights += 2 * n)
            {
                var (u, w) = (TLanes.Load(weights), TLanes.Load(weights + n));
                var v = TLanes.Broadcast(inputs[0]);
                (a0, b0) = (TLanes.MultiplyAdd(v, u, a0), TLanes.MultiplyAdd(v, w, b0));
                v = TLanes.Broadcast(inputs[n]);
                (a1, b1) = (TLanes.MultiplyAdd(v, u, a1), TLanes.MultiplyAdd(v, w, b1));
                v = TLanes.Broadcast(inputs[2 * n]);
                (a2, b2) = (TLanes.MultiplyAdd(v, u, a2), TLanes.MultiplyAdd(v, w, b2));
                v = TLanes.Broadcast(inputs[3 * n]);
                (a3, b3) = (TLanes.MultiplyAdd(v, u, a3), TLanes.MultiplyAdd(v, w, b3));
                v = TLanes.Broadcast(inputs[4 * n]);
                (a4, b4) = (TLanes.MultiplyAdd(v, u, a4), TLanes.MultiplyAdd(v, w, b4));
                v = TLanes.Broadcast(inputs[5 * n]);
                (a5, b5) = (TLanes.MultiplyAdd(v, u, a5), TLanes.MultiplyAdd(v, w, b5));
            }
        }

        Store(products, a0, b0, adds);
        Store(products + (2 * n), a1, b1, adds);
        Store(products + (4 * n), a2, b2, adds);
        Store(products + (6 * n), a3, b3, adds);
        Store(products + (8 * n), a4, b4, adds);
        Store(products + (10 * n), a5, b5, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes>(float* target, TLanes first, TLanes second, bool adds)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes.Store(adds ? TLanes.Load(target) + first : first, target);
        TLanes.Store(adds ? TLanes.Load(target + TLanes.Count) + second : second, target + TLanes.Count);
    }
}
