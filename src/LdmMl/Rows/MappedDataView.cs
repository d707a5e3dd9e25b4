using Microsoft.ML;

namespace LdmMl.Rows;

/// <summary>A view with a transformer's outputs appended.</summary>
internal sealed class MappedDataView(RowTransformer transformer, IDataView input) : IDataView
{
    public DataViewSchema Schema { get; } = transformer.GetOutputSchema(input.Schema);

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var selection = Select(columnsNeeded);
        return Open(input.GetRowCursor(selection.InputsNeeded(input.Schema, transformer), rand), selection);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var selection = Select(columnsNeeded);
        var needed = selection.InputsNeeded(input.Schema, transformer);
        return selection.Computes && !transformer.GainsFromParallelCursors
            ? [Open(input.GetRowCursor(needed, rand), selection)]
            : Array.ConvertAll(input.GetRowCursorSet(needed, n, rand), source => Open(source, selection));
    }

    private ColumnSelection Select(IEnumerable<DataViewSchema.Column> columns) =>
        new(columns, input.Schema.Count, Schema.Count - input.Schema.Count);

    private DataViewRowCursor Open(DataViewRowCursor source, ColumnSelection selection)
    {
        try
        {
            return selection.Computes
                ? transformer.OpenCursor(source, Schema, selection)
                : new RowByRowCursor(source, Schema, selection, computation: null);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
