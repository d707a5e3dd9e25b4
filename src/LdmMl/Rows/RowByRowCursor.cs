using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>A cursor that computes a row when its value is requested, and reads nothing ahead.</summary>
/// <param name="source">The cursor to read, which this one owns.</param>
/// <param name="schema">The schema with the outputs appended.</param>
/// <param name="selection">The columns that are requested.</param>
/// <param name="computation">Computes the outputs; null if none is requested.</param>
/// <param name="beforeRow">Called before every row; what it throws ends the reading.</param>
internal sealed class RowByRowCursor(
    DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection, RowComputation? computation, Action? beforeRow = null)
    : DataViewRowCursor
{
    private bool disposed;

    public override DataViewSchema Schema => schema;

    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override bool MoveNext()
    {
        beforeRow?.Invoke();
        return source.MoveNext();
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => selection.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        selection.OutputOf(column) is { } output
            ? ColumnSelection.Cast<TValue>(computation!.MakeGetter(output), column)
            : source.GetGetter<TValue>(source.Schema[column.Index]);

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            disposed = true;
            computation?.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
