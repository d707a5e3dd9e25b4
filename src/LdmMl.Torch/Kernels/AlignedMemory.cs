using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace LdmMl.Torch.Kernels;

/// <summary>Scratch memory of kernels: float32 numbers on a page's boundary, used again by later calls.</summary>
internal sealed unsafe class AlignedMemory : IDisposable
{
    /// <summary>The numbers of a cache line.</summary>
    public const int Line = 16;

    private const int Page = 4096;

    private static readonly ConcurrentBag<AlignedMemory> Free = [];

    private long length;

    private AlignedMemory()
    {
    }

    /// <summary>Gets where it begins.</summary>
    public float* Numbers { get; private set; }

    /// <summary>Takes memory for at least so many numbers; what they are is not defined.</summary>
    public static AlignedMemory Rent(long count)
    {
        var memory = Free.TryTake(out var used) ? used : new AlignedMemory();
        memory.Grow(count);
        return memory;
    }

    /// <summary>The first number at or behind an address that begins a cache line: vectors that cross a line's end cost twice.</summary>
    public static float* Align(float* numbers) => (float*)(((nuint)numbers + (Line * sizeof(float)) - 1) & ~(nuint)((Line * sizeof(float)) - 1));

    /// <summary>Gives everything that is not in use back to the system.</summary>
    public static void Trim()
    {
        while (Free.TryTake(out var memory))
            NativeMemory.AlignedFree(memory.Numbers);
    }

    /// <summary>Gives the memory back for the next call.</summary>
    public void Dispose() => Free.Add(this);

    private void Grow(long count)
    {
        if (length >= count)
            return;
        NativeMemory.AlignedFree(Numbers);
        Numbers = null;
        length = 0;
        Numbers = (float*)NativeMemory.AlignedAlloc(checked((nuint)count * sizeof(float)), Page);
        length = count;
    }
}
