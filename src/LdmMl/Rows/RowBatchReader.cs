using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>Reads rows of a source cursor into batches. One thread uses it at a time.</summary>
internal sealed class RowBatchReader : IDisposable
{
    private readonly DataViewRowCursor source;
    private readonly BatchRunner runner;
    private readonly Dictionary<int, SourceColumn> columns;
    private readonly ValueGetter<DataViewRowId> idGetter;
    private volatile bool stopped;

    /// <param name="source">The cursor to read, which this owns.</param>
    /// <param name="passThrough">The indices of the columns that pass through.</param>
    /// <param name="runner">Reads what the outputs are computed from.</param>
    public RowBatchReader(DataViewRowCursor source, IEnumerable<int> passThrough, BatchRunner runner)
    {
        (this.source, this.runner) = (source, runner);
        columns = passThrough.ToDictionary(index => index, index => SourceColumn.Create(source, source.Schema[index]));
        idGetter = source.GetIdGetter();
    }

    /// <summary>Gets whether the source has no more rows.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Creates a batch for rows of this source.</summary>
    public RowBatch CreateBatch(int capacity) =>
        new(capacity, columns.ToDictionary(column => column.Key, column => column.Value.CreateBuffer(capacity)), runner.CreateInput(capacity));

    /// <summary>Creates a getter of a passed-through column.</summary>
    /// <param name="index">The column.</param>
    /// <param name="buffered">Returns the batch and the slot of the current row, or null while the source itself is still on it.</param>
    public Delegate MakeGetter(int index, Func<(RowBatch Batch, int Slot)?> buffered) => columns[index].MakeGetter(buffered);

    /// <summary>Fills a batch and returns its number of rows: fewer than its capacity at the end, 0 after it.</summary>
    /// <param name="batch">The batch; its previous rows are dropped.</param>
    /// <param name="standsOnRow">Whether the source's current row belongs to this batch.</param>
    public int Fill(RowBatch batch, bool standsOnRow)
    {
        batch.Input.Clear();
        var count = 0;
        while (count < batch.Capacity && !stopped)
        {
            if (!standsOnRow && !source.MoveNext())
            {
                HasEnded = true;
                break;
            }

            standsOnRow = false;
            ReadRow(batch, count++);
        }

        return count;
    }

    /// <summary>Stops a fill in progress after its current row.</summary>
    public void Stop() => stopped = true;

    public void Dispose() => source.Dispose();

    private void ReadRow(RowBatch batch, int slot)
    {
        idGetter(ref batch.Id(slot));
        batch.BatchNumber(slot) = source.Batch;
        batch.ReadColumns(slot);
        runner.Read(batch.Input, slot);
    }
}
