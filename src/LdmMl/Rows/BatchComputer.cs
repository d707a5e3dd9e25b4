using Microsoft.ML;

namespace LdmMl.Rows;

/// <summary>
/// Computes many rows at once when read through a cursor. The values are the same for every batch size, and with or without prefetching.
/// </summary>
/// <param name="batchSize">Rows a batch, at least 1.</param>
/// <param name="prefetch">Whether another thread reads the next batch while one is computed.</param>
/// <param name="beforeComputing">Called before every batch; what it throws ends the reading.</param>
/// <param name="create">Begins to compute the active outputs from an input.</param>
internal sealed class BatchComputer(
    int batchSize, bool prefetch, Action beforeComputing, Func<DataViewRow, IReadOnlyList<bool>, BatchRunner> create) : RowComputer
{
    // A forward pass uses every core already.
    public override bool GainsFromParallelCursors => false;

    public override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new SingleRowComputation(create(input, activeOutputs), input, beforeComputing);

    public override DataViewRowCursor OpenCursor(DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection)
    {
        var runner = create(source, selection.Outputs);
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
}
