using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Transforms.Generate;

/// <summary>Reads the label of a row as the number that the model has for it.</summary>
internal sealed class LabelReader
{
    private const int Listed = 20;

    private readonly DataViewRow row;
    private readonly string column;
    private readonly LabelConditioning labels;
    private readonly Func<int> read;

    /// <exception cref="ArgumentException">The values behind a key are no texts.</exception>
    public LabelReader(DataViewRow row, DataViewSchema.Column column, LabelConditioning labels)
    {
        (this.row, this.column, this.labels) = (row, column.Name, labels);
        read = column.Type switch
        {
            KeyDataViewType => ReadKeys(column),
            TextDataViewType => ReadTexts(column),
            _ => ReadNumbers(column),
        };
    }

    /// <exception cref="InvalidDataException">The model has no such label, or there is none and it needs one.</exception>
    public int Read() => read();

    private Func<int> ReadTexts(DataViewSchema.Column column)
    {
        var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            return text.IsEmpty ? Any() : Find(text.ToString());
        };
    }

    private Func<int> ReadKeys(DataViewSchema.Column column)
    {
        var getter = row.GetGetter<uint>(column);
        var names = Names(column);
        return () =>
        {
            uint key = 0;
            getter(ref key);
            if (key == 0)
                return Any();
            return names is null ? Check(key - 1) : Find(names[key - 1]);
        };
    }

    private Func<int> ReadNumbers(DataViewSchema.Column column)
    {
        var getter = row.GetGetter<int>(column);
        return () =>
        {
            var number = 0;
            getter(ref number);
            return Check(number);
        };
    }

    private static string[]? Names(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull("KeyValues") is not { } values)
            return null;
        if (values.Type is not VectorDataViewType { ItemType: TextDataViewType })
        {
            throw new ArgumentException(
                $"The keys of column '{column.Name}' stand for {values.Type}; labels are texts, or keys that stand for texts.");
        }

        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private int Find(string name)
    {
        for (var label = 0; label < labels.Names.Count; label++)
        {
            if (labels.Names[label] == name)
                return label;
        }

        throw RowError.Of(row.Position, $"the model knows no label '{name}', which column '{column}' holds; {Known}.");
    }

    private int Check(long number) => number >= 0 && number < labels.Count
        ? (int)number
        : throw RowError.Of(row.Position, $"the model knows no label number {number}, which column '{column}' holds; {Known}.");

    private int Any() => labels.NullLabel ?? throw RowError.Of(row.Position,
        $"column '{column}' holds no label, and the model has not learnt to make images of any; {Known}.");

    private string Known
    {
        get
        {
            if (labels.Names.Count == 0)
                return $"it knows the numbers 0 to {labels.Count - 1}";
            var names = string.Join(", ", labels.Names.Take(Listed).Select(name => $"'{name}'"));
            return labels.Names.Count <= Listed ? $"it knows {names}" : $"it knows {names} and {labels.Names.Count - Listed} more";
        }
    }
}
