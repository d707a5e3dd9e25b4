using LdmMl.Torch.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Generation;

/// <summary>Reads the label of a row as the number that the model has for it.</summary>
internal sealed class LabelReader
{
    private const int Listed = 20;

    private readonly DataViewRow _row;
    private readonly string _column;
    private readonly LabelConditioning _labels;
    private readonly Func<int> _read;

    /// <exception cref="ArgumentException">The values behind a key are no texts.</exception>
    public LabelReader(DataViewRow row, DataViewSchema.Column column, LabelConditioning labels)
    {
        (_row, _column, _labels) = (row, column.Name, labels);
        _read = column.Type switch
        {
            KeyDataViewType => ReadKeys(column),
            TextDataViewType => ReadTexts(column),
            _ => ReadNumbers(column),
        };
    }

    /// <exception cref="InvalidDataException">The model has no such label, or there is none and it needs one.</exception>
    public int Read() => _read();

    private Func<int> ReadTexts(DataViewSchema.Column column)
    {
        var getter = _row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            return text.IsEmpty ? Any() : Find(text.ToString());
        };
    }

    private Func<int> ReadKeys(DataViewSchema.Column column)
    {
        var getter = _row.GetGetter<uint>(column);
        string[]? names = Names(column);
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
        var getter = _row.GetGetter<int>(column);
        return () =>
        {
            int number = 0;
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
        for (int label = 0; label < _labels.Names.Count; label++)
        {
            if (_labels.Names[label] == name)
                return label;
        }

        throw new InvalidDataException($"Row {_row.Position}: the model knows no label '{name}', which column '{_column}' holds; {Known}.");
    }

    private int Check(long number) => number >= 0 && number < _labels.Count
        ? (int)number
        : throw new InvalidDataException($"Row {_row.Position}: the model knows no label number {number}, which column '{_column}' holds; {Known}.");

    private int Any() => _labels.NullLabel ?? throw new InvalidDataException(
        $"Row {_row.Position}: column '{_column}' holds no label, and the model has not learnt to make images of any; {Known}.");

    private string Known
    {
        get
        {
            if (_labels.Names.Count == 0)
                return $"it knows the numbers 0 to {_labels.Count - 1}";
            string names = string.Join(", ", _labels.Names.Take(Listed).Select(name => $"'{name}'"));
            return _labels.Names.Count <= Listed ? $"it knows {names}" : $"it knows {names} and {_labels.Names.Count - Listed} more";
        }
    }
}
