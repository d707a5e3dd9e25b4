using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>The calls by which Linux lends memory to a process, page by page. They must not be called elsewhere.</summary>
internal static partial class SystemPages
{
    // PROT_, MAP_ and MADV_ of mman.h.
    private const int ReadWrite = 0x1 | 0x2, Inaccessible = 0, Private = 0x2, PrivateAnonymous = 0x2 | 0x20, Unreserved = 0x4000;
    private const int Unneeded = 4, HugePages = 14;
    private const nint Refused = -1;

    /// <summary>Gets the size of a page in bytes, a power of two.</summary>
    public static nint Size => Environment.SystemPageSize;

    /// <summary>Takes pages of zeros; 0 where the system has no more.</summary>
    public static nint TryTake(nint bytes) => OrZero(Map(0, (nuint)bytes, ReadWrite, PrivateAnonymous, -1, 0));

    /// <summary>Takes addresses, which become memory by <see cref="TryOpen"/>; 0 where there are not as many.</summary>
    public static nint TryReserve(nint bytes) => OrZero(Map(0, (nuint)bytes, Inaccessible, PrivateAnonymous | Unreserved, -1, 0));

    /// <summary>Maps a whole file, so that what is written into the pages stays in this process; 0 where the system cannot.</summary>
    public static nint TryMap(FileStream file)
    {
        var mapped = Map(0, (nuint)file.Length, ReadWrite, Private | Unreserved, (int)file.SafeFileHandle.DangerousGetHandle(), 0);
        GC.KeepAlive(file);
        return OrZero(mapped);
    }

    /// <summary>Makes reserved addresses usable; false where the system has no more memory.</summary>
    public static bool TryOpen(nint start, nint bytes) => Protect(start, (nuint)bytes, ReadWrite) == 0;

    /// <summary>Asks for huge pages, which need fewer TLB entries; where that fails, pages are small.</summary>
    public static void PreferHuge(nint start, nint bytes) => _ = Advise(start, (nuint)bytes, HugePages);

    /// <summary>Gives up the content of pages: they are the file's again, or zeros, when they are next used.</summary>
    public static void GiveUp(nint start, nint bytes) => _ = Advise(start, (nuint)bytes, Unneeded);

    /// <summary>Returns pages, and their addresses.</summary>
    public static bool Return(nint start, nint bytes) => Unmap(start, (nuint)bytes) == 0;

    private static nint OrZero(nint mapped) => mapped == Refused ? 0 : mapped;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
