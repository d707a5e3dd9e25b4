using LdmMl.Torch.Native;

namespace LdmMl.Torch.Kernels;

/// <summary>Scratch memory of kernels: float32 buffers, reused by later calls.</summary>
internal sealed unsafe class ScratchMemory : IDisposable
{
    /// <summary>The floats in a cache line.</summary>
    public const int Line = 16;

    private static readonly List<PageMemory> Kept = [];
    private static readonly Lock Keeping = new();

    private readonly PageMemory memory;

    private ScratchMemory(PageMemory memory) => this.memory = memory;

    /// <summary>Gets the start address, aligned to a page.</summary>
    public float* Numbers => memory.Numbers;

    /// <summary>Rents a buffer of at least the given number of floats; its content is undefined.</summary>
    public static ScratchMemory Rent(long count)
    {
        var bytes = Math.Max(1, count) * sizeof(float);
        lock (Keeping)
        {
            if (Kept.Where(one => one.Bytes >= bytes).MinBy(one => one.Bytes) is { } smallest)
            {
                Kept.Remove(smallest);
                return new(smallest);
            }

            // The new one takes the place of one that is too small, or a network whose layers grow would leave one of each size.
            if (Kept.MaxBy(one => one.Bytes) is { } largest)
            {
                Kept.Remove(largest);
                largest.Dispose();
            }
        }

        return new(new PageMemory(bytes));
    }

    /// <summary>Returns all unused buffers to the system.</summary>
    public static void Trim()
    {
        lock (Keeping)
        {
            Kept.ForEach(memory => memory.Dispose());
            Kept.Clear();
        }
    }

    /// <summary>The first float at or after an address that is aligned to a cache line: vectors that cross a line's end cost twice.</summary>
    public static float* Align(float* numbers) => (float*)(((nuint)numbers + (Line * sizeof(float)) - 1) & ~(nuint)((Line * sizeof(float)) - 1));

    /// <summary>Returns the buffer for the next call, in place of a smaller one where many are unused already.</summary>
    public void Dispose()
    {
        lock (Keeping)
        {
            Kept.Add(memory);
            if (Kept.Count <= MostKept)
                return;
            var smallest = Kept.MinBy(one => one.Bytes)!;
            Kept.Remove(smallest);
            smallest.Dispose();
        }
    }

    // Every thread of a team holds two at once, and several teams may be working.
    private static int MostKept => 8 * Environment.ProcessorCount;
}
