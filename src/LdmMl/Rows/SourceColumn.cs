using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>A column of the source that passes through a cursor which reads ahead.</summary>
internal abstract class SourceColumn
{
    private static readonly MethodInfo OpenVectorMethod = Method(nameof(OpenVector)), OpenScalarMethod = Method(nameof(OpenScalar));

    private delegate SourceColumn Opener(DataViewRow source, DataViewSchema.Column column);

    /// <summary>Creates the buffer of this column for one batch.</summary>
    public abstract ColumnBuffer CreateBuffer(int capacity);

    /// <summary>Creates a <c>ValueGetter</c> that serves the buffered value, or the source's if <paramref name="buffered"/> returns null.</summary>
    public abstract Delegate MakeGetter(Func<(RowBatch Batch, int Slot)?> buffered);

    /// <summary>Opens a column, whatever its type.</summary>
    public static SourceColumn Create(DataViewRow source, DataViewSchema.Column column)
    {
        var raw = column.Type.RawType;
        if (raw == typeof(MLImage))
            return new SourceImageColumn(source.GetGetter<MLImage>(column), column.Index);
        if (raw == typeof(ReadOnlyMemory<char>))
        {
            var texts = source.GetGetter<ReadOnlyMemory<char>>(column);
            return new SourceColumn<ReadOnlyMemory<char>>(texts, column.Index, capacity => new TextBuffer(texts, capacity));
        }

        var isVector = raw.IsGenericType && raw.GetGenericTypeDefinition() == typeof(VBuffer<>);
        var open = isVector ? OpenVectorMethod.MakeGenericMethod(raw.GetGenericArguments()) : OpenScalarMethod.MakeGenericMethod(raw);
        return open.CreateDelegate<Opener>()(source, column);
    }

    private static MethodInfo Method(string name) => typeof(SourceColumn).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;

    private static SourceColumn<VBuffer<T>> OpenVector<T>(DataViewRow source, DataViewSchema.Column column)
    {
        var getter = source.GetGetter<VBuffer<T>>(column);
        return new(getter, column.Index, capacity => new VectorBuffer<T>(getter, capacity));
    }

    private static SourceColumn<T> OpenScalar<T>(DataViewRow source, DataViewSchema.Column column)
    {
        var getter = source.GetGetter<T>(column);
        return new(getter, column.Index, capacity => new ScalarBuffer<T>(getter, capacity));
    }
}

/// <summary>A column whose values can be copied as they are.</summary>
internal sealed class SourceColumn<T>(ValueGetter<T> source, int index, Func<int, ColumnBuffer<T>> createBuffer) : SourceColumn
{
    public override ColumnBuffer CreateBuffer(int capacity) => createBuffer(capacity);

    public override Delegate MakeGetter(Func<(RowBatch Batch, int Slot)?> buffered) => (ValueGetter<T>)((ref T destination) =>
    {
        if (buffered() is var (batch, slot))
            ((ColumnBuffer<T>)batch.Column(index)).Give(slot, ref destination);
        else
            source(ref destination);
    });
}
