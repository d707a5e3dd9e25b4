using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>The settings of glibc's malloc that decide whether freed memory stays in the process.</summary>
internal static partial class CAllocator
{
    private const int TrimThreshold = -1, MmapThreshold = -3, MmapMax = -4, ArenaMax = -8;   // M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX of malloc.h

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

    /// <summary>Gives blocks from a size on mappings of their own, which return to the system when they are freed, where the heap may do so.</summary>
    public static void TryMapFrom(int bytes)
    {
        try
        {
            _ = SetOption(MmapThreshold, bytes);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, such as musl, which always does.
        }
    }

    public static void Trim() => _ = ReleaseFreeMemory(0);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int ReleaseFreeMemory(nuint padding);
}
