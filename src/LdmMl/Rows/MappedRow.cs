using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>A row with the outputs appended; disposing it disposes the underlying row.</summary>
internal sealed class MappedRow(DataViewRow input, DataViewSchema schema, ColumnSelection selection, RowComputation? computation) : DataViewRow
{
    private bool disposed;

    public override DataViewSchema Schema => schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => selection.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        selection.OutputOf(column) is { } output
            ? ColumnSelection.Cast<TValue>(computation!.MakeGetter(output), column)
            : input.GetGetter<TValue>(input.Schema[column.Index]);

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            disposed = true;
            computation?.Dispose();
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}
