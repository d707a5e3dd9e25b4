using Microsoft.ML;

namespace LdmMl.Batching;

/// <summary>Buffers values that are whole when copied: numbers, keys, dates, row ids.</summary>
internal sealed class ScalarBuffer<T>(ValueGetter<T> source, int capacity) : ColumnBuffer
{
    private readonly T[] values = new T[capacity];

    public override void Read(int slot) => source(ref values[slot]);

    public override Delegate MakeGetter(Func<int?> slot) => (ValueGetter<T>)((ref T destination) =>
    {
        if (slot() is { } buffered)
            destination = values[buffered];
        else
            source(ref destination);
    });

    public override void Dispose()
    {
    }
}
