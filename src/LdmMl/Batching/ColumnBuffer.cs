using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Batching;

/// <summary>The values of one input column in the rows that were read ahead: the source stands on a later row when they are asked for.</summary>
internal abstract class ColumnBuffer : IDisposable
{
    /// <summary>Copies the value of the source's current row.</summary>
    public abstract void Read(int slot);

    /// <summary>Makes a <c>ValueGetter</c> that serves the buffered value, or the source's where <paramref name="slot"/> gives null.</summary>
    public abstract Delegate MakeGetter(Func<int?> slot);

    public abstract void Dispose();

    /// <summary>Makes the buffer that fits a column's type.</summary>
    public static ColumnBuffer Create(DataViewRow source, DataViewSchema.Column column, int capacity)
    {
        var raw = column.Type.RawType;
        if (raw == typeof(MLImage))
            return new ImageBuffer(source.GetGetter<MLImage>(column), capacity);
        if (raw == typeof(ReadOnlyMemory<char>))
            return new TextBuffer(source.GetGetter<ReadOnlyMemory<char>>(column), capacity);
        var isVector = raw.IsGenericType && raw.GetGenericTypeDefinition() == typeof(VBuffer<>);
        var create = isVector ? CreateVectorMethod : CreateScalarMethod;
        var value = isVector ? raw.GetGenericArguments()[0] : raw;
        return create.MakeGenericMethod(value).CreateDelegate<Factory>()(source, column, capacity);
    }

    private delegate ColumnBuffer Factory(DataViewRow source, DataViewSchema.Column column, int capacity);

    private static readonly MethodInfo CreateVectorMethod
        = typeof(ColumnBuffer).GetMethod(nameof(CreateVector), BindingFlags.Static | BindingFlags.NonPublic)!;

    private static readonly MethodInfo CreateScalarMethod
        = typeof(ColumnBuffer).GetMethod(nameof(CreateScalar), BindingFlags.Static | BindingFlags.NonPublic)!;

    private static VectorBuffer<T> CreateVector<T>(DataViewRow source, DataViewSchema.Column column, int capacity) =>
        new(source.GetGetter<VBuffer<T>>(column), capacity);

    private static ScalarBuffer<T> CreateScalar<T>(DataViewRow source, DataViewSchema.Column column, int capacity) =>
        new(source.GetGetter<T>(column), capacity);
}
