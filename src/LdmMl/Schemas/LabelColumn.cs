using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Schemas;

/// <summary>Reads a column of labels: text, keys, or numbers from 0. Training and generation share it.</summary>
internal sealed class LabelColumn
{
    private readonly Func<RowLabel> read;

    /// <exception cref="ArgumentException">The values behind a key are not text.</exception>
    public LabelColumn(DataViewRow row, DataViewSchema.Column column)
    {
        KeyNames = column.Type is KeyDataViewType ? NamesOf(column) : null;
        HasNames = column.Type is TextDataViewType || KeyNames is not null;
        read = column.Type switch
        {
            KeyDataViewType => Reader<uint>(row, column, OfKey),
            TextDataViewType => Reader<ReadOnlyMemory<char>>(row, column, text => new(text.IsEmpty ? null : text.ToString(), null)),
            _ => Reader<int>(row, column, number => new(null, number)),
        };
    }

    /// <summary>Gets the names behind keys, in their order; null if the column does not hold keys, or keys without names.</summary>
    public IReadOnlyList<string>? KeyNames { get; }

    /// <summary>Gets whether labels are names; otherwise they are numbers.</summary>
    public bool HasNames { get; }

    /// <summary>Reads the label of the current row.</summary>
    public RowLabel Read() => read();

    private RowLabel OfKey(uint key) => key == 0 ? default : KeyNames is null ? new(null, key - 1L) : new(KeyNames[(int)key - 1], null);

    private static Func<RowLabel> Reader<T>(DataViewRow row, DataViewSchema.Column column, Func<T, RowLabel> convert)
    {
        var getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return convert(value);
        };
    }

    private static string[]? NamesOf(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull("KeyValues") is not { } values)
            return null;
        if (values.Type is not VectorDataViewType { ItemType: TextDataViewType })
        {
            throw new ArgumentException(
                $"The keys of column '{column.Name}' stand for {values.Type}; labels are text, or keys that stand for text.");
        }

        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
