using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>
/// Memory for large results of kernels on one thread, until it is disposed: blocks of their own pages, used again as soon as a tensor is freed, and given
/// back to the system beyond a few. The C allocator's heap grows to a multiple of its content where large tensors of many sizes come and go.
/// </summary>
internal sealed unsafe class StripMemory : IDisposable
{
    private const int Smallest = 1 << 20;

    // glibc's own limit, which it reaches once a block of this size was freed.
    private const int LargestOfHeap = 32 << 20;

    // libtorch returns a tensor's memory by its address alone.
    private static readonly ConcurrentDictionary<nint, (StripMemory Owner, PageMemory Block)> Taken = new();

    [ThreadStatic]
    private static StripMemory? current;

    private readonly StripMemory? outer;
    private readonly Lock returning = new();
    private readonly List<PageMemory> free = [];
    private readonly long mostFree;
    private bool isDisposed;

    /// <param name="mostFree">The most bytes that are kept for the next results.</param>
    public StripMemory(long mostFree)
    {
        this.mostFree = mostFree;
        outer = current;
        current = this;
        if (OperatingSystem.IsLinux())
            CAllocator.TryMapFrom(Smallest);                     // for what libtorch allocates
    }

    /// <summary>Takes a block for a result on this thread; null outside.</summary>
    public static nint? TryTake(long bytes) => current?.Take(bytes);

    /// <summary>Returns the block at an address.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void Return(nint data)
    {
        if (Taken.TryRemove(data, out var taken))
            taken.Owner.Return(taken.Block);
    }

    /// <summary>Ends it for this thread; tensors that are still used keep their blocks.</summary>
    public void Dispose()
    {
        current = outer;
        if (OperatingSystem.IsLinux())
            CAllocator.TryMapFrom(LargestOfHeap);
        lock (returning)
        {
            isDisposed = true;
            free.ForEach(block => block.Dispose());
            free.Clear();
        }
    }

    private nint Take(long bytes)
    {
        var block = Find(bytes) ?? new PageMemory(bytes);
        var address = (nint)block.Numbers;
        Taken[address] = (this, block);
        return address;
    }

    // A block that is larger than a quarter more would be wasted on it.
    private PageMemory? Find(long bytes)
    {
        lock (returning)
        {
            var block = free.Where(one => one.Bytes >= bytes && one.Bytes <= bytes + (bytes / 4)).MinBy(one => one.Bytes);
            if (block is not null)
                free.Remove(block);
            return block;
        }
    }

    private void Return(PageMemory block)
    {
        lock (returning)
        {
            free.Add(block);
            while (free.Count > 0 && (isDisposed || free.Sum(one => one.Bytes) > mostFree))
            {
                free[0].Dispose();
                free.RemoveAt(0);
            }
        }
    }
}
