using LdmMl.Torch.Kernels;
using LdmMl.Torch.Native;

namespace LdmMl.Torch.Tests.Kernels;

/// <summary>What kernels hold in pages of their own. It is a number of the whole process: such tests belong to <see cref="WholeProcess"/>.</summary>
internal static class HeldPages
{
    /// <summary>Counts the bytes once garbage and scratch memory are gone.</summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        ScratchMemory.Trim();
        return PageMemory.InUse;
    }
}
