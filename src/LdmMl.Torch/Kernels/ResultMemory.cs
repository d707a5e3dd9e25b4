using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels;

/// <summary>
/// Memory for the results of kernels on one thread, until it is disposed: blocks of their own pages, used again as soon as a tensor is freed, and given
/// back to the system beyond a few. The C allocator's heap grows to a multiple of its content where large tensors of many sizes come and go.
/// </summary>
internal sealed unsafe class ResultMemory : IDisposable
{
    // Smaller tensors are the heap's business.
    private const int Smallest = 1 << 20;

    // glibc's own limit, which it reaches once a block of this size was freed.
    private const int LargestOfHeap = 32 << 20;

    [ThreadStatic]
    private static ResultMemory? current;

    private readonly ResultMemory? outer;
    private readonly Lock returning = new();
    private readonly List<PageMemory> free = [];
    private readonly long mostFree;
    private bool isDisposed;

    /// <param name="mostFree">The most bytes that are kept for the next results.</param>
    public ResultMemory(long mostFree)
    {
        this.mostFree = mostFree;
        outer = current;
        current = this;
        if (OperatingSystem.IsLinux())
            CAllocator.TryMapFrom(Smallest);                     // for what libtorch allocates
    }

    /// <summary>Creates a tensor of float32 on the CPU; its values are undefined.</summary>
    public static Tensor Empty(params long[] shape) =>
        current is { } memory && shape.Aggregate((long)sizeof(float), (product, side) => product * side) is var bytes && bytes >= Smallest
            ? memory.Create(shape, bytes) : empty(shape, ScalarType.Float32, CPU);

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

    private Tensor Create(long[] shape, long bytes)
    {
        var block = Find(bytes) ?? new PageMemory(bytes);
        return OwnedMemoryTensor.TryCreate((nint)block.Numbers, shape, ScalarType.Float32, () => Return(block))
            ?? throw new InvalidOperationException("Two tensors were given the same memory.");
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
