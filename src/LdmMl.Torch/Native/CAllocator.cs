using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>The settings of glibc's malloc that decide whether freed memory stays in the process.</summary>
internal static partial class CAllocator
{
    private const int TrimThreshold = -1, MmapMax = -4, ArenaMax = -8;   // M_TRIM_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX of malloc.h

    public static bool TryKeepFreedMemory()
    {
        try
        {
            // No block of its own mapping, no shrinking of the heap, and one heap: blocks freed by one thread serve the others.
            return SetOption(MmapMax, 0) != 0 & SetOption(TrimThreshold, int.MaxValue) != 0 & SetOption(ArenaMax, 1) != 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;   // another C library, such as musl
        }
    }

    public static void Trim() => _ = ReleaseFreeMemory(0);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int ReleaseFreeMemory(nuint padding);
}
