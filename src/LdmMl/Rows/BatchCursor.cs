using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>A cursor that computes many rows at once.</summary>
/// <remarks>
/// Until an output is first requested, it stays on its source's row: nothing is read ahead and nothing is computed.
/// From then on rows are read in batches, and a batch is computed when the first of its outputs is requested.
/// </remarks>
internal sealed class BatchCursor : DataViewRowCursor
{
    private readonly DataViewRowCursor source;
    private readonly ColumnSelection selection;
    private readonly BatchRunner runner;
    private readonly RowBatchReader reader;
    private readonly ReadAhead batches;
    private readonly Action beforeComputing;
    private long position = -1;
    private int slot, count;
    private bool readsBatches, computed, disposed;

    private BatchCursor(
        DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection,
        BatchRunner runner, RowBatchReader reader, ReadAhead batches, Action beforeComputing)
    {
        (this.source, Schema, this.selection, this.runner) = (source, schema, selection, runner);
        (this.reader, this.batches, this.beforeComputing) = (reader, batches, beforeComputing);
    }

    /// <summary>Opens a cursor.</summary>
    /// <param name="source">The cursor to read, which the new one owns.</param>
    /// <param name="schema">The schema with the outputs appended.</param>
    /// <param name="selection">The columns that are requested.</param>
    /// <param name="runner">Computes the outputs; the cursor owns it.</param>
    /// <param name="batchSize">Rows in a batch, at least 1. The values are the same for every size.</param>
    /// <param name="prefetch">Whether another thread reads the next batch while one is computed.</param>
    /// <param name="beforeComputing">Called before every batch; what it throws ends the reading.</param>
    public static BatchCursor Open(
        DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection, BatchRunner runner, int batchSize, bool prefetch,
        Action beforeComputing)
    {
        try
        {
            var reader = new RowBatchReader(source, selection.PassThrough, runner);
            var batches = new ReadAhead(reader, reader.CreateBatch(batchSize), prefetch ? reader.CreateBatch(batchSize) : null);
            return new BatchCursor(source, schema, selection, runner, reader, batches, beforeComputing);
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    public override DataViewSchema Schema { get; }

    public override long Position => position;

    public override long Batch => position < 0 ? 0 : readsBatches ? batches.Current.BatchNumber(slot) : source.Batch;

    public override bool MoveNext()
    {
        if (disposed)
            return false;
        if (!MoveToNextRow())
        {
            Dispose();
            return false;
        }

        position++;
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => selection.IsActive(column);

    public override ValueGetter<DataViewRowId> GetIdGetter()
    {
        var source = this.source.GetIdGetter();
        return (ref DataViewRowId id) =>
        {
            if (Buffered() is var (batch, slot))
                id = batch.Id(slot);
            else
                source(ref id);
        };
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        var getter = selection.OutputOf(column) is { } output
            ? runner.MakeGetter(output, ComputedSlot)
            : reader.MakeGetter(column.Index, Buffered);
        return ColumnSelection.Cast<TValue>(getter, column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            disposed = true;
            position = -1;
            batches.Dispose();
            reader.Dispose();
            runner.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool MoveToNextRow()
    {
        if (!readsBatches)
            return source.MoveNext();
        if (++slot < count)
            return true;
        beforeComputing();
        (slot, computed) = (0, false);
        count = 0;
        count = batches.Next();
        return count > 0;
    }

    /// <summary>Returns the buffer of the current row, or null while the source is still on it.</summary>
    private (RowBatch Batch, int Slot)? Buffered()
    {
        ThrowIfNotOnRow();
        return readsBatches ? (batches.Current, slot) : null;
    }

    private int ComputedSlot()
    {
        ThrowIfNotOnRow();
        if (computed)
            return slot;
        beforeComputing();
        if (!readsBatches)
        {
            count = batches.First();
            readsBatches = true;
        }

        runner.Compute(batches.Current.Input);
        computed = true;
        return slot;
    }

    private void ThrowIfNotOnRow()
    {
        if (position < 0)
        {
            throw new InvalidOperationException(
                "The cursor is not on a row: call MoveNext before getting a value, and get no values after it has returned false.");
        }
    }
}
