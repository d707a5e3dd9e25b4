using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Batching;

/// <summary>Reads rows of a source cursor into the two halves of a batch. One thread uses it at a time.</summary>
internal sealed class BatchReader : IDisposable
{
    private readonly DataViewRowCursor _source;
    private readonly BatchRunner _runner;
    private readonly int _capacity;
    private readonly Dictionary<int, ColumnBuffer> _columns = [];
    private readonly DataViewRowId[] _ids;
    private readonly long[] _batches;
    private readonly ValueGetter<DataViewRowId> _idGetter;
    private volatile bool _stopped;

    public BatchReader(DataViewRowCursor source, IEnumerable<int> passThrough, BatchRunner runner, int capacity, int halves)
    {
        (_source, _runner, _capacity) = (source, runner, capacity);
        _ids = new DataViewRowId[capacity * halves];
        _batches = new long[capacity * halves];
        _idGetter = source.GetIdGetter();
        foreach (int index in passThrough)
            _columns.Add(index, ColumnBuffer.Create(source, source.Schema[index], capacity * halves));
    }

    /// <summary>Gets whether the source has no more rows.</summary>
    public bool HasEnded { get; private set; }

    public ref readonly DataViewRowId Id(int half, int slot) => ref _ids[At(half, slot)];

    public long Batch(int half, int slot) => _batches[At(half, slot)];

    public int At(int half, int slot) => half * _capacity + slot;

    public ColumnBuffer Column(int index) => _columns[index];

    /// <summary>Fills a half and returns how many rows it holds: fewer than the capacity at the end, 0 after it.</summary>
    /// <param name="half">0 or 1.</param>
    /// <param name="standsOnRow">Whether the row on which the source stands belongs to this batch.</param>
    public int Fill(int half, bool standsOnRow)
    {
        _runner.Clear(half);
        int count = 0;
        while (count < _capacity && !_stopped)
        {
            if (!standsOnRow && !_source.MoveNext())
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
    public void Stop() => _stopped = true;

    public void Dispose()
    {
        foreach (ColumnBuffer column in _columns.Values)
            column.Dispose();
        _source.Dispose();
    }

    private void ReadRow(int half, int slot)
    {
        int at = At(half, slot);
        _idGetter(ref _ids[at]);
        _batches[at] = _source.Batch;
        foreach (ColumnBuffer column in _columns.Values)
            column.Read(at);
        _runner.Read(half, slot);
    }
}
