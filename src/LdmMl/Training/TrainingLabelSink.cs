using System.Globalization;
using LdmMl.Schemas;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Training;

/// <summary>Collects the labels of training rows: texts, keys or numbers.</summary>
/// <param name="column">The name of the column.</param>
internal sealed class TrainingLabelSink(string column)
{
    private readonly List<string> learnt = [], held = [];
    private string[]? names;
    private bool areNumbers;
    private Func<string> read = () => "";

    /// <summary>Finds the column.</summary>
    /// <exception cref="ArgumentException">It is not there, or holds no labels.</exception>
    public DataViewSchema.Column Find(DataViewSchema schema) => new ColumnNeed(column, ColumnContent.Label).Find(schema);

    /// <summary>Begins to read rows.</summary>
    public void Open(DataViewRow row)
    {
        var found = Find(row.Schema);
        names = found.Type is KeyDataViewType ? NamesOf(found) : null;
        areNumbers = found.Type is not TextDataViewType && names is null;
        read = found.Type switch
        {
            KeyDataViewType => Reader<uint>(row, found, key => key == 0 ? "" : names?[key - 1] ?? Digits(key - 1)),
            TextDataViewType => Reader<ReadOnlyMemory<char>>(row, found, text => text.ToString()),
            _ => Reader<int>(row, found, number => Digits(number)),
        };
    }

    /// <summary>Takes the label of the present row.</summary>
    /// <param name="row">The number of the row, for messages.</param>
    /// <param name="isHeld">Whether the row is kept for validation.</param>
    /// <exception cref="ArgumentException">It has none.</exception>
    public void Add(long row, bool isHeld)
    {
        var label = read();
        if (label.Length == 0)
            throw new ArgumentException($"Row {row} has no label in column '{column}'. Filter rows without a label before training.");
        (isHeld ? held : learnt).Add(label);
    }

    /// <summary>Puts images and the labels that were collected with them together.</summary>
    /// <param name="images">The images of the rows that are learnt.</param>
    /// <returns>Names in the order of their keys, or of their letters where they are texts.</returns>
    public LabeledImages Learnt(ImageSet images)
    {
        var names = areNumbers ? null : this.names ?? [.. learnt.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new LabeledImages(images, Numbers(learnt, names), names);
    }

    /// <summary>Puts the images that are kept for validation and their labels together.</summary>
    /// <param name="images">The images.</param>
    /// <param name="names">The names that are learnt; null where labels are numbers.</param>
    /// <exception cref="ArgumentException">A label is not among those that are learnt.</exception>
    public LabeledImages Held(ImageSet images, IReadOnlyList<string>? names) => new(images, Numbers(held, names), names);

    /// <summary>Puts images and labels together that were all read for validation.</summary>
    /// <inheritdoc cref="Held"/>
    public LabeledImages All(ImageSet images, IReadOnlyList<string>? names) => new(images, Numbers(learnt, names), names);

    private int[] Numbers(List<string> labels, IReadOnlyList<string>? names)
    {
        if (names is null)
            return [.. labels.Select(label => int.TryParse(label, CultureInfo.InvariantCulture, out var number) ? number : throw Unknown(label))];
        var known = names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        return [.. labels.Select(label => known.TryGetValue(label, out var index) ? index : throw Unknown(label))];
    }

    private ArgumentException Unknown(string label) =>
        new($"Column '{column}' holds the label '{label}' in rows to validate on, and in no row to learn.");

    private static string Digits(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static Func<string> Reader<T>(DataViewRow row, DataViewSchema.Column found, Func<T, string> text)
    {
        var getter = row.GetGetter<T>(found);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return text(value);
        };
    }

    private static string[]? NamesOf(DataViewSchema.Column found)
    {
        if (found.Annotations.Schema.GetColumnOrNull("KeyValues")?.Type is not VectorDataViewType { ItemType: TextDataViewType })
            return null;
        VBuffer<ReadOnlyMemory<char>> names = default;
        found.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
