using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>
/// Memory in pages of its own, for numbers that stay long or are read in large steps. It leaves no holes among freed tensors, goes back to the system
/// as soon as it is freed, and on Linux may lie in large pages, whose addresses a processor finds faster.
/// </summary>
internal sealed unsafe partial class PageMemory : SafeHandle
{
    private const int ReadWrite = 0x1 | 0x2, PrivateAnonymous = 0x2 | 0x20, HugePages = 14;   // PROT_, MAP_ and MADV_ of mman.h
    private const nuint HugePage = 2 << 20, Page = 4096;

    private const nint Refused = -1;

    private static long inUse;

    private readonly nuint room;
    private readonly bool isMapped;
    private readonly nint first;

    /// <param name="bytes">How many bytes at least, more than 0. What they hold is not defined.</param>
    /// <exception cref="OutOfMemoryException">The system has no more.</exception>
    public PageMemory(long bytes) : base(invalidHandleValue: 0, ownsHandle: true)
    {
        Bytes = bytes;
        var large = (nuint)bytes >= HugePage;
        room = (nuint)bytes + (large ? HugePage : 0);            // so that it can begin at a large page
        var mapped = OperatingSystem.IsLinux() ? Map(0, room, ReadWrite, PrivateAnonymous, -1, 0) : Refused;
        isMapped = mapped != Refused;
        SetHandle(isMapped ? mapped : (nint)NativeMemory.AlignedAlloc(room, Page));
        first = large ? (nint)(((nuint)handle + HugePage - 1) & ~(HugePage - 1)) : handle;
        Interlocked.Add(ref inUse, bytes);
        if (large && isMapped)
            _ = Advise(first, (nuint)bytes, HugePages);          // where it is refused, pages are small
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Gets how many bytes all such memory of the process holds now.</summary>
    public static long InUse => Volatile.Read(ref inUse);

    /// <summary>Gets how many bytes were asked for.</summary>
    public long Bytes { get; }

    /// <summary>Gets where they begin, on the boundary of a page.</summary>
    public float* Numbers => (float*)first;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Interlocked.Add(ref inUse, -Bytes);
        if (isMapped)
            return Unmap(handle, room) == 0;
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
