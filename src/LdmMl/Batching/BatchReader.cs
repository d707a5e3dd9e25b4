using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Batching;

/// <summary>Reads rows of a source cursor into the two halves of a batch. One thread uses it at a time.</summary>
internal sealed class BatchReader : IDisposable
{
    private readonly DataViewRowCursor source;
    private readonly BatchRunner runner;
    private readonly int capacity;
    private readonly Dictionary<int, ColumnBuffer> columns = [];
    private readonly DataViewRowId[] ids;
    private readonly long[] batches;
    private readonly ValueGetter<DataViewRowId> idGetter;
    private volatile bool stopped;

    public BatchReader(DataViewRowCursor source, IEnumerable<int> passThrough, BatchRunner runner, int capacity, int halves)
    {
        (this.source, this.runner, this.capacity) = (source, runner, capacity);
        ids = new DataViewRowId[capacity * halves];
        batches = new long[capacity * halves];
        idGetter = source.GetIdGetter();
        foreach (var index in passThrough)
            columns.Add(index, ColumnBuffer.Create(source, source.Schema[index], capacity * halves));
    }

    /// <summary>Gets whether the source has no more rows.</summary>
    public bool HasEnded { get; private set; }

    public ref readonly DataViewRowId Id(int half, int slot) => ref ids[At(half, slot)];

    public long Batch(int half, int slot) => batches[At(half, slot)];

    public int At(int half, int slot) => half * capacity + slot;

    public ColumnBuffer Column(int index) => columns[index];

    /// <summary>Fills a half and returns how many rows it holds: fewer than the capacity at the end, 0 after it.</summary>
    /// <param name="half">0 or 1.</param>
    /// <param name="standsOnRow">Whether the row on which the source stands belongs to this batch.</param>
    public int Fill(int half, bool standsOnRow)
    {
        runner.Clear(half);
        var count = 0;
        while (count < capacity && !stopped)
        {
            if (!standsOnRow && !source.MoveNext())
            {
                HasEnded = true;
                break;
            }

            standsOnRow = false;
            ReadRow(half, count++);
        }

        return count;
    }

    /// <summary>Makes a fill in progress return after its current row.</summary>
    public void Stop() => stopped = true;

    public void Dispose()
    {
        foreach (var column in columns.Values)
            column.Dispose();
        source.Dispose();
    }

    private void ReadRow(int half, int slot)
    {
        var at = At(half, slot);
        idGetter(ref ids[at]);
        batches[at] = source.Batch;
        foreach (var column in columns.Values)
            column.Read(at);
        runner.Read(half, slot);
    }
}
