using System.Runtime.CompilerServices;

namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>
/// Limits what reading a pickle may allocate to four times the file that holds it, and a little for short files. Each byte of a pickle can ask for an
/// object, and an object takes 24 bytes and more; genuine files also contain weights. Counts what this thread allocates, garbage included.
/// </summary>
/// <param name="fileLength">The length of the whole file in bytes.</param>
internal sealed class AllocationLimit(long fileLength)
{
    private const int Factor = 4;

    // For short files, which have few weights: it is enough for three thousand tensors of one element each.
    private const long Least = 1 << 20;

    private readonly long start = GC.GetAllocatedBytesForCurrentThread();

    private long Most => (Factor * fileLength) + Least;

    /// <summary>Refuses the file if more was allocated than is allowed.</summary>
    /// <param name="next">Bytes that are about to be allocated at once.</param>
    /// <exception cref="InvalidDataException">It asks for too much.</exception>
    public void Check(long next = 0)
    {
        if (GC.GetAllocatedBytesForCurrentThread() - start + next > Most)
            throw TooMuch();
    }

    /// <summary>Refuses the file if what is made of the pickle takes more than the pickle itself may.</summary>
    /// <param name="bytes">How much it takes.</param>
    /// <exception cref="InvalidDataException">It takes too much.</exception>
    public void CheckResult(long bytes)
    {
        if (bytes > Most)
            throw TooMuch();
    }

    /// <summary>Lets a list grow, unless that would take too much.</summary>
    /// <param name="list">The list.</param>
    /// <param name="count">How many items are about to be added.</param>
    public void MakeRoom<T>(List<T> list, int count)
    {
        if (list.Count + count <= list.Capacity)
            return;
        var capacity = Math.Max(list.Count + count, 2 * list.Capacity);
        Check((long)capacity * Unsafe.SizeOf<T>());
        list.Capacity = capacity;
    }

    /// <summary>Lets a dictionary grow, unless that would take too much.</summary>
    /// <param name="dictionary">The dictionary.</param>
    /// <param name="count">How many keys are about to be added.</param>
    public void MakeRoom<TKey, TValue>(Dictionary<TKey, TValue> dictionary, int count)
        where TKey : notnull
    {
        if (dictionary.Count + count <= dictionary.Capacity)
            return;
        var capacity = Math.Max(dictionary.Count + count, 2 * dictionary.Capacity);
        var links = 3 * sizeof(int);   // of an entry: its hash, the next one, and the bucket
        Check((long)capacity * (links + Unsafe.SizeOf<KeyValuePair<TKey, TValue>>()));
        dictionary.EnsureCapacity(capacity);
    }

    private InvalidDataException TooMuch() =>
        new($"its pickle takes more than {Factor} times the {fileLength} bytes of the file in memory, which no honest checkpoint does.");
}
