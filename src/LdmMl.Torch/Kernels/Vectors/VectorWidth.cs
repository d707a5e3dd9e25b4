using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LdmMl.Torch.Kernels.Vectors;

/// <summary>The widest vectors that this processor computes with fast, in float32 numbers.</summary>
internal static class VectorWidth
{
    /// <summary>Gets 16 (AVX-512), 8 (AVX2 with FMA), or 0 where no kernel is written for the processor.</summary>
    public static int Lanes =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? Lanes16.Count
        : Avx2.IsSupported && Fma.IsSupported ? Lanes8.Count
        : 0;
}
