using LdmMl.Rows;
using static TorchSharp.torch;

namespace LdmMl.Models;

/// <summary>Runs batches of planes through a network, one pass for each size in the batch.</summary>
/// <typeparam name="TBatch">What is read from the rows.</typeparam>
/// <typeparam name="TResult">The result for the rows of one size.</typeparam>
internal abstract class PlaneRunner<TBatch, TResult> : BatchRunner
    where TBatch : PlaneBatch
    where TResult : class, IDisposable
{
    // Kept apart from the groups: the reading thread clears those of the previous batch while its results are still in use.
    private readonly Dictionary<PlaneGroup, TResult> results = [];

    public sealed override BatchInput CreateInput(int capacity) => CreateBatch(capacity);

    public sealed override void Read(BatchInput input, int slot) => ReadRow((TBatch)input, slot);

    public sealed override void Compute(BatchInput input)
    {
        DropResults();
        var batch = (TBatch)input;
        foreach (var group in batch.Groups)
        {
            if (group.Count > 0)
                results.Add(group, ForwardLock.Run(Device, () => Compute(batch, group)));
        }

        Computed = batch;
    }

    public override void Dispose() => DropResults();

    private protected abstract Device Device { get; }

    /// <summary>Gets the batch whose results are held; null before the first.</summary>
    private protected TBatch? Computed { get; private set; }

    private protected abstract TBatch CreateBatch(int capacity);

    /// <summary>Adds the source's current row to a batch, unless its value is missing.</summary>
    private protected abstract void ReadRow(TBatch batch, int slot);

    /// <summary>Runs the rows of one size through the network.</summary>
    private protected abstract TResult Compute(TBatch batch, PlaneGroup group);

    /// <summary>Finds the result of a row, or null if its value was missing.</summary>
    private protected (TResult Result, int Index)? Find(int slot) =>
        Computed?.Find(slot) is var (group, index) ? (results[group], index) : null;

    private void DropResults()
    {
        Computed = null;
        foreach (var result in results.Values)
            result.Dispose();
        results.Clear();
    }
}
