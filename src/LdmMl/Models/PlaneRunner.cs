using LdmMl.Batching;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Models;

/// <summary>Takes batches of planes through a network, one pass for each size in the batch.</summary>
/// <typeparam name="TResult">What comes out for the rows of one size.</typeparam>
internal abstract class PlaneRunner<TResult> : BatchRunner
    where TResult : class, IDisposable
{
    private readonly PlaneBatch[] halves;

    // Kept apart from the groups: the reading thread clears those of the batch before, while its results are still held.
    private readonly Dictionary<PlaneGroup, TResult> results = [];
    private PlaneBatch? computed;

    /// <param name="channels">Channels of the planes that are read.</param>
    /// <param name="capacity">Rows a batch.</param>
    private protected PlaneRunner(int channels, int capacity) => halves = [new PlaneBatch(channels, capacity), new PlaneBatch(channels, capacity)];

    public sealed override void Clear(int half) => halves[half].Clear();

    public sealed override void Read(int half, int slot) => ReadRow(halves[half], half, slot);

    public sealed override void Compute(int half)
    {
        DropResults();
        foreach (var group in halves[half].Groups)
        {
            if (group.Count > 0)
                results.Add(group, ForwardGate.Pass(Device, () => Compute(group, half)));
        }

        computed = halves[half];
        ComputedHalf = half;
    }

    public override void Dispose()
    {
        DropResults();
        foreach (var half in halves)
            half.Dispose();
    }

    private protected abstract Device Device { get; }

    /// <summary>Gets the half whose results are held.</summary>
    private protected int ComputedHalf { get; private set; }

    /// <summary>Adds the source's current row to the batch, unless its value is missing.</summary>
    private protected abstract void ReadRow(PlaneBatch batch, int half, int slot);

    /// <summary>Takes the rows of one size through the network.</summary>
    private protected abstract TResult Compute(PlaneGroup group, int half);

    /// <summary>Finds the result of a row, or null where its value was missing.</summary>
    private protected (TResult Result, int Index)? Find(int slot) =>
        computed?.Find(slot) is var (group, index) ? (results[group], index) : null;

    private void DropResults()
    {
        computed = null;
        foreach (var result in results.Values)
            result.Dispose();
        results.Clear();
    }
}
