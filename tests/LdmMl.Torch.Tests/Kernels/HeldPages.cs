using LdmMl.Torch.Kernels;
using LdmMl.Torch.Native;

namespace LdmMl.Torch.Tests.Kernels;

/// <summary>The page memory held by kernels. It is counted for the whole process, so these tests belong to <see cref="WholeProcess"/>.</summary>
internal static class HeldPages
{
    /// <summary>Counts the bytes after garbage and scratch memory were freed.</summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        ScratchMemory.Trim();
        return PageMemory.InUse;
    }
}
