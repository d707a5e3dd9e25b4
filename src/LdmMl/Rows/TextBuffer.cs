using Microsoft.ML;

namespace LdmMl.Rows;

/// <summary>Buffers text. A text loader returns views of its line buffer, which the next line overwrites, so the characters are copied.</summary>
internal sealed class TextBuffer(ValueGetter<ReadOnlyMemory<char>> source, int capacity) : ColumnBuffer<ReadOnlyMemory<char>>
{
    private readonly ReadOnlyMemory<char>[] values = new ReadOnlyMemory<char>[capacity];
    private ReadOnlyMemory<char> current;

    public override void Read(int slot)
    {
        source(ref current);
        values[slot] = current.ToArray();
    }

    public override void Give(int slot, ref ReadOnlyMemory<char> destination) => destination = values[slot];
}
