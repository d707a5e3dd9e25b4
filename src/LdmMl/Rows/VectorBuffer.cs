using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>Buffers vectors. A slot reuses its arrays from batch to batch.</summary>
internal sealed class VectorBuffer<T>(ValueGetter<VBuffer<T>> source, int capacity) : ColumnBuffer<VBuffer<T>>
{
    private readonly VBuffer<T>[] values = new VBuffer<T>[capacity];

    public override void Read(int slot)
    {
        source(ref values[slot]);
        if (typeof(T) == typeof(ReadOnlyMemory<char>))
            OwnTexts(slot);
    }

    public override void Give(int slot, ref VBuffer<T> destination) => values[slot].CopyTo(ref destination);

    /// <summary>The texts inside are views of the reader's line buffer, as in <see cref="TextBuffer"/>.</summary>
    private void OwnTexts(int slot)
    {
        var editor = VBufferEditor.CreateFromBuffer(ref values[slot]);
        foreach (ref var value in editor.Values)
            value = (T)(object)(ReadOnlyMemory<char>)((ReadOnlyMemory<char>)(object)value!).ToArray();
    }
}
