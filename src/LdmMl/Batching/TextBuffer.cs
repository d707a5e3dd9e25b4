using Microsoft.ML;

namespace LdmMl.Batching;

/// <summary>Buffers text. A reader hands out views of its line buffer, which the next line overwrites: the characters are copied.</summary>
internal sealed class TextBuffer(ValueGetter<ReadOnlyMemory<char>> source, int capacity) : ColumnBuffer
{
    private readonly ReadOnlyMemory<char>[] values = new ReadOnlyMemory<char>[capacity];
    private ReadOnlyMemory<char> current;

    public override void Read(int slot)
    {
        source(ref current);
        values[slot] = current.ToArray();
    }

    public override Delegate MakeGetter(Func<int?> slot) => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> destination) =>
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
