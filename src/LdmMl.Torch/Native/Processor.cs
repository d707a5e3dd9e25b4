using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LdmMl.Torch.Native;

/// <summary>The vector instructions of the processor.</summary>
internal static class Processor
{
    public static Finding Capability()
    {
        if (!X86Base.IsSupported)
            return new("processor", "not x86");
        var names = new List<string>();
        if (Avx2.IsSupported)
            names.Add("AVX2");
        if (Avx512F.IsSupported)
            names.Add("AVX-512");
        if (HasBFloat16)
            names.Add("bf16");
        var value = names.Count == 0 ? "no AVX2, no AVX-512, no bf16" : string.Join(", ", names);
        if (!Avx2.IsSupported)
            return new("processor", value, "Without AVX2 libtorch is several times slower: choose another machine type for long work.");
        return HasBFloat16
            ? new("processor", value)
            : new("processor", value, "Without bf16 instructions bfloat16 is slower than float32: keep float32.");
    }

    /// <summary>
    /// Gets whether products of bfloat16 are instructions: AVX512_BF16 (CPUID 7.1 EAX bit 5) or AMX-BF16 (CPUID 7.0 EDX bit 22).
    /// </summary>
    public static bool HasBFloat16 { get; } = X86Base.IsSupported
        && ((X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0 || (X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0);

    /// <summary>
    /// Gets how many float32 values fit into the widest vectors that it computes with efficiently: 16 (AVX-512), 8 (AVX2 with FMA), or 0 where no
    /// kernel is written for it.
    /// </summary>
    public static int Lanes =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? 16
        : Avx2.IsSupported && Fma.IsSupported ? 8
        : 0;
}
