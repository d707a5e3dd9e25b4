using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>
/// Memory in separate pages, for values that live long or are read with large strides. It does not fragment the heap, returns to the system
/// as soon as it is freed, and may use huge pages on Linux, which need fewer TLB entries.
/// </summary>
internal sealed unsafe class PageMemory : SafeHandle
{
    private const nuint HugePage = 2 << 20, Page = 4096;

    private static long inUse;

    private readonly nuint room;
    private readonly bool isMapped;
    private readonly nint first;

    /// <param name="bytes">The minimum number of bytes, above 0. The content is undefined.</param>
    /// <exception cref="OutOfMemoryException">The system has no more.</exception>
    public PageMemory(long bytes) : base(invalidHandleValue: 0, ownsHandle: true)
    {
        Bytes = bytes;
        var large = (nuint)bytes >= HugePage;
        room = (nuint)bytes + (large ? HugePage : 0);            // so that it can start at a huge page
        var mapped = OperatingSystem.IsLinux() ? SystemPages.TryTake((nint)room) : 0;
        isMapped = mapped != 0;
        SetHandle(isMapped ? mapped : (nint)NativeMemory.AlignedAlloc(room, Page));
        first = large ? (nint)(((nuint)handle + HugePage - 1) & ~(HugePage - 1)) : handle;
        Interlocked.Add(ref inUse, bytes);
        if (large && isMapped)
            SystemPages.PreferHuge(first, (nint)bytes);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Gets how many bytes the process holds in such memory.</summary>
    public static long InUse => Volatile.Read(ref inUse);

    /// <summary>Gets the requested number of bytes.</summary>
    public long Bytes { get; }

    /// <summary>Gets the start address, aligned to a page.</summary>
    public float* Numbers => (float*)first;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Interlocked.Add(ref inUse, -Bytes);
        if (isMapped)
            return SystemPages.Return(handle, (nint)room);
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
