using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Batching;

/// <summary>A cursor that computes a row when its value is asked for, and reads nothing ahead.</summary>
internal sealed class RowByRowCursor(
    DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection, RowComputation? computation) : DataViewRowCursor
{
    private bool disposed;

    public override DataViewSchema Schema => schema;

    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override bool MoveNext() => source.MoveNext();

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => selection.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        selection.OutputOf(column) is { } output
            ? TypedGetter.Cast<TValue>(computation!.MakeGetter(output), column)
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
