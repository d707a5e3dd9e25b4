using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LdmMl.Torch.Native;

/// <summary>Pages of a privately mapped file that nothing was written into: they can be given up, because the file still has their content.</summary>
internal static class CleanPages
{
    private const string Table = "/proc/self/pagemap";
    private const int EntrySize = sizeof(ulong), EntriesAtOnce = 1 << 15;

    // Bits of an entry of the table.
    private const ulong IsPresent = 1UL << 63, IsSwapped = 1UL << 62, IsOfFile = 1UL << 61;

    /// <summary>Gives up those that lie wholly within a range. Where the system does not say which they are, nothing happens.</summary>
    /// <param name="start">The first address.</param>
    /// <param name="end">The address after the last.</param>
    public static void GiveUp(nint start, nint end)
    {
        var (first, last) = ((start + SystemPages.Size - 1) / SystemPages.Size, end / SystemPages.Size);
        if (first >= last || !OperatingSystem.IsLinux())
            return;
        try
        {
            using var table = File.OpenHandle(Table);
            var entries = new ulong[Math.Min(EntriesAtOnce, last - first)];
            for (var page = first; page < last; page += entries.Length)
                GiveUp(table, page, entries.AsSpan(0, (int)Math.Min(entries.Length, last - page)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // They stay until the system needs their room.
        }
    }

    private static void GiveUp(SafeFileHandle table, nint first, Span<ulong> entries)
    {
        var bytes = MemoryMarshal.AsBytes(entries);
        if (RandomAccess.Read(table, bytes, (long)first * EntrySize) < bytes.Length)
            return;
        for (var page = 0; page < entries.Length;)
        {
            var run = 0;
            while (page + run < entries.Length && IsClean(entries[page + run]))
                run++;
            if (run > 0)
                SystemPages.GiveUp((first + page) * SystemPages.Size, run * SystemPages.Size);
            page += run + 1;
        }
    }

    private static bool IsClean(ulong entry) => (entry & IsPresent) != 0 ? (entry & IsOfFile) != 0 : (entry & IsSwapped) == 0;
}
