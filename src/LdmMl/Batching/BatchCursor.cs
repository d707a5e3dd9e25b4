using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Batching;

/// <summary>A cursor that computes many rows at once.</summary>
/// <remarks>
/// Until an output is fetched for the first time it stands where its source stands: nothing is read ahead, nothing computed.
/// From then on rows are read in batches, and a batch is computed when the first of its outputs is fetched.
/// </remarks>
internal sealed class BatchCursor : DataViewRowCursor
{
    private readonly DataViewRowCursor _source;
    private readonly ColumnSelection _selection;
    private readonly BatchRunner _runner;
    private readonly BatchReader _reader;
    private readonly ReadAhead _batches;
    private readonly Action _beforeComputing;
    private long _position = -1;
    private int _slot, _count;
    private bool _readsBatches, _computed, _disposed;

    public BatchCursor(
        DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection,
        BatchRunner runner, BatchSettings settings, Action beforeComputing)
    {
        (_source, Schema, _selection, _runner, _beforeComputing) = (source, schema, selection, runner, beforeComputing);
        _reader = new BatchReader(source, selection.PassThrough, runner, settings.Size, settings.Halves);
        _batches = new ReadAhead(_reader, settings.Prefetch);
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => _position < 0 ? 0 : _readsBatches ? _reader.Batch(_batches.Half, _slot) : _source.Batch;

    public override bool MoveNext()
    {
        if (_disposed)
            return false;
        if (!MoveToNextRow())
        {
            Dispose();
            return false;
        }

        _position++;
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _selection.IsActive(column);

    public override ValueGetter<DataViewRowId> GetIdGetter()
    {
        ValueGetter<DataViewRowId> source = _source.GetIdGetter();
        return (ref DataViewRowId id) =>
        {
            if (BufferedSlot() is { } slot)
                id = _reader.Id(_batches.Half, slot - _reader.At(_batches.Half, 0));
            else
                source(ref id);
        };
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Delegate getter = _selection.OutputOf(column) is { } output
            ? _runner.MakeGetter(output, ComputedSlot)
            : _reader.Column(column.Index).MakeGetter(BufferedSlot);
        return TypedGetter.Cast<TValue>(getter, column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _position = -1;
            _batches.Stop();
            _reader.Dispose();
            _runner.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool MoveToNextRow()
    {
        if (!_readsBatches)
            return _source.MoveNext();
        if (++_slot < _count)
            return true;
        _beforeComputing();
        (_slot, _computed) = (0, false);
        _count = 0;
        _count = _batches.Next();
        return _count > 0;
    }

    /// <summary>Where the current row lies in the buffers, or null while the source still stands on it.</summary>
    private int? BufferedSlot()
    {
        ThrowIfNotOnRow();
        return _readsBatches ? _reader.At(_batches.Half, _slot) : null;
    }

    private int ComputedSlot()
    {
        ThrowIfNotOnRow();
        if (_computed)
            return _slot;
        _beforeComputing();
        if (!_readsBatches)
        {
            _count = _batches.First();
            _readsBatches = true;
        }

        _runner.Compute(_batches.Half);
        _computed = true;
        return _slot;
    }

    private void ThrowIfNotOnRow()
    {
        if (_position < 0)
        {
            throw new InvalidOperationException(
                "The cursor is not on a row: call MoveNext before getting a value, and get none after it returned false.");
        }
    }
}
