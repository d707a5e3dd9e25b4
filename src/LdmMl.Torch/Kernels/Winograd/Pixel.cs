using System.Runtime.CompilerServices;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>Neighbouring channels of one pixel of a result.</summary>
internal static unsafe class Pixel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<TLanes>(TLanes value, float* target, bool adds)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Store(adds ? value + TLanes.Load(target) : value, target);
}
