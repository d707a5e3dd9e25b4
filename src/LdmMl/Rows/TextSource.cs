using Microsoft.ML;

namespace LdmMl.Rows;

/// <summary>Reads the texts of a column.</summary>
internal sealed class TextSource(DataViewRow row, DataViewSchema.Column column)
{
    private readonly ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(column);
    private ReadOnlyMemory<char> text;

    /// <summary>Gets the text of the current row; empty if it is missing.</summary>
    public string Read()
    {
        getter(ref text);
        return text.ToString();
    }
}
