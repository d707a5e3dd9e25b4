using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Models;

/// <summary>Reads the label of a row as the model's number for it.</summary>
internal sealed class LabelReader
{
    private const int Listed = 20;

    private readonly DataViewRow row;
    private readonly string column;
    private readonly LabelConditioning labels;
    private readonly LabelColumn values;

    /// <exception cref="ArgumentException">The values behind a key are not text.</exception>
    public LabelReader(DataViewRow row, DataViewSchema.Column column, LabelConditioning labels) =>
        (this.row, this.column, this.labels, values) = (row, column.Name, labels, new LabelColumn(row, column));

    /// <exception cref="InvalidDataException">The model has no such label, or there is none and it needs one.</exception>
    public int Read() => values.Read() switch
    {
        { Name: { } name } => labels.Find(name) ?? throw RowError.Of(row.Position,
            $"the model knows no label '{name}', which column '{column}' holds; {Known}."),
        { Number: { } number } => Check(number),
        _ => Any(),
    };

    private int Check(long number) => number >= 0 && number < labels.Count
        ? (int)number
        : throw RowError.Of(row.Position, $"the model knows no label number {number}, which column '{column}' holds; {Known}.");

    private int Any() => labels.NullLabel ?? throw RowError.Of(row.Position,
        $"column '{column}' holds no label, and the model was not trained to generate images without one; {Known}.");

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
