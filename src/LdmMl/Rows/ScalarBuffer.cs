using Microsoft.ML;

namespace LdmMl.Rows;

/// <summary>Buffers values that can be copied as they are: numbers, keys, dates, row ids.</summary>
internal sealed class ScalarBuffer<T>(ValueGetter<T> source, int capacity) : ColumnBuffer<T>
{
    private readonly T[] values = new T[capacity];

    public override void Read(int slot) => source(ref values[slot]);

    public override void Give(int slot, ref T destination) => destination = values[slot];
}
