using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Batching;

/// <summary>Buffers vectors. A slot keeps its arrays from batch to batch.</summary>
internal sealed class VectorBuffer<T>(ValueGetter<VBuffer<T>> source, int capacity) : ColumnBuffer
{
    private readonly VBuffer<T>[] values = new VBuffer<T>[capacity];

    public override void Read(int slot)
    {
        source(ref values[slot]);
        if (typeof(T) == typeof(ReadOnlyMemory<char>))
            OwnTexts(slot);
    }

    public override Delegate MakeGetter(Func<int?> slot) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> destination) =>
    {
        if (slot() is { } buffered)
            values[buffered].CopyTo(ref destination);
        else
            source(ref destination);
    });

    public override void Dispose()
    {
    }

    /// <summary>The texts inside are views of the reader's line buffer, as in <see cref="TextBuffer"/>.</summary>
    private void OwnTexts(int slot)
    {
        var editor = VBufferEditor.CreateFromBuffer(ref values[slot]);
        foreach (ref var value in editor.Values)
            value = (T)(object)(ReadOnlyMemory<char>)((ReadOnlyMemory<char>)(object)value!).ToArray();
    }
}
