using LdmMl.Batching;
using LdmMl.Internals;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>A row transformer that computes many rows at once when it is read through a cursor.</summary>
/// <remarks>
/// The values are the same for every batch size, and with prefetching on or off. The first output that is fetched computes a whole
/// batch: rows that are dropped behind this transformer (<c>TakeRows</c>) cost as much as those kept, so drop them before it.
/// </remarks>
public abstract class BatchTransformer : RowTransformer
{
    private protected BatchTransformer(IHostEnvironment environment, string name)
        : base(environment, name)
    {
    }

    internal abstract BatchSettings Batching { get; }

    // A forward pass uses every core already.
    internal override bool GainsFromParallelCursors => false;

    internal override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new SingleRowComputation(ComputeBatches(input, activeOutputs, capacity: 1), input, ThrowIfCanceled);

    internal override DataViewRowCursor OpenCursor(DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection)
    {
        var runner = ComputeBatches(source, selection.Outputs, Batching.Size);
        try
        {
            return new BatchCursor(source, schema, selection, runner, Batching, ThrowIfCanceled);
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    /// <summary>Begins computing the active outputs of batches of at most <paramref name="capacity"/> rows.</summary>
    internal abstract BatchRunner ComputeBatches(DataViewRow input, IReadOnlyList<bool> activeOutputs, int capacity);

    private void ThrowIfCanceled() => MlHost.ThrowIfCanceled(Host);
}
