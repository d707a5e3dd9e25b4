namespace LdmMl.Torch.Native;

/// <summary>
/// One range of addresses from which blocks are cut, each at the lowest address where it fits. A block that returns joins its free neighbours, so that
/// blocks of any sizes follow each other in the same pages; the system gets these back by <see cref="Trim"/>. Linux only.
/// </summary>
internal sealed class MemoryRegion
{
    // Blocks begin at cache lines, and not all at the same offset in their pages, or reading one and writing another would collide in the caches.
    private const nint Line = 64, Stagger = 9 * Line;

    // Memory is opened in steps of huge pages.
    private const nint HugePage = 2 << 20;

    private readonly Lock changing = new();
    private readonly List<(nint Start, nint Bytes)> free = [];             // by address; no two touch
    private readonly Dictionary<nint, nint> taken = [];
    private nint opened;

    private MemoryRegion(nint start, nint bytes)
    {
        opened = start;
        free.Add((start, bytes));
    }

    /// <summary>Gets the number of bytes that blocks take.</summary>
    public long InUse
    {
        get
        {
            lock (changing)
                return taken.Values.Sum(bytes => (long)bytes);
        }
    }

    /// <summary>Reserves addresses, which take no memory yet; null where the system has not as many.</summary>
    /// <param name="bytes">How many.</param>
    public static MemoryRegion? TryReserve(long bytes)
    {
        var start = SystemPages.TryReserve((nint)bytes);
        if (start == 0)
            return null;
        var first = RoundUp(start, HugePage);
        SystemPages.PreferHuge(first, (nint)bytes - (first - start));
        return new MemoryRegion(first, (nint)bytes - (first - start));
    }

    /// <summary>Takes a block; its content is undefined.</summary>
    /// <param name="bytes">How many bytes it has, above 0.</param>
    /// <returns>Its address, a multiple of 64; 0 where none is left.</returns>
    public nint TryTake(long bytes)
    {
        var needed = RoundUp((nint)bytes, Line) + Stagger;
        lock (changing)
        {
            var index = free.FindIndex(one => one.Bytes >= needed);
            if (index < 0 || !TryOpen(free[index].Start + needed))
                return 0;
            var (start, room) = free[index];
            if (room == needed)
                free.RemoveAt(index);
            else
                free[index] = (start + needed, room - needed);
            taken.Add(start, needed);
            return start;
        }
    }

    /// <summary>Returns a block. Its pages stay with the process, for the next.</summary>
    /// <param name="block">What <see cref="TryTake"/> gave.</param>
    public void Return(nint block)
    {
        lock (changing)
        {
            if (!taken.Remove(block, out var bytes))
                throw new ArgumentException("No such block is taken.", nameof(block));
            var index = free.FindIndex(one => one.Start > block);
            index = index < 0 ? free.Count : index;
            if (index < free.Count && free[index].Start == block + bytes)
            {
                bytes += free[index].Bytes;
                free.RemoveAt(index);
            }

            if (index > 0 && free[index - 1].Start + free[index - 1].Bytes == block)
                free[index - 1] = (free[index - 1].Start, free[index - 1].Bytes + bytes);
            else
                free.Insert(index, (block, bytes));
        }
    }

    /// <summary>Gives the pages that no block uses back to the system.</summary>
    public void Trim()
    {
        lock (changing)
        {
            foreach (var (start, bytes) in free)
            {
                var (first, end) = (RoundUp(start, SystemPages.Size), Math.Min(start + bytes, opened) & ~(SystemPages.Size - 1));
                if (end > first)
                    SystemPages.GiveUp(first, end - first);
            }
        }
    }

    private bool TryOpen(nint end)
    {
        if (end <= opened)
            return true;
        var next = RoundUp(end, HugePage);
        if (!SystemPages.TryOpen(opened, next - opened))
            return false;
        opened = next;
        return true;
    }

    private static nint RoundUp(nint value, nint multiple) => (value + multiple - 1) & ~(multiple - 1);
}
