using LdmMl.Batching;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Models;

/// <summary>Takes batches of planes through a network, one pass for each size in the batch.</summary>
/// <typeparam name="TResult">What comes out for the rows of one size.</typeparam>
internal abstract class PlaneRunner<TResult> : BatchRunner
    where TResult : class, IDisposable
{
    private readonly PlaneBatch[] _halves;

    // Kept apart from the groups: the reading thread clears those of the batch before, while its results are still held.
    private readonly Dictionary<PlaneGroup, TResult> _results = [];
    private PlaneBatch? _computed;

    /// <param name="channels">Channels of the planes that are read.</param>
    /// <param name="capacity">Rows a batch.</param>
    private protected PlaneRunner(int channels, int capacity) => _halves = [new PlaneBatch(channels, capacity), new PlaneBatch(channels, capacity)];

    public sealed override void Clear(int half) => _halves[half].Clear();

    public sealed override void Read(int half, int slot) => ReadRow(_halves[half], half, slot);

    public sealed override void Compute(int half)
    {
        DropResults();
        foreach (PlaneGroup group in _halves[half].Groups)
        {
            if (group.Count > 0)
                _results.Add(group, ForwardGate.Pass(Device, () => Compute(group, half)));
        }

        _computed = _halves[half];
        ComputedHalf = half;
    }

    public override void Dispose()
    {
        DropResults();
        foreach (PlaneBatch half in _halves)
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
    private protected (TResult Result, int Index)? Find(int slot)
        => _computed?.Find(slot) is var (group, index) ? (_results[group], index) : null;

    private void DropResults()
    {
        _computed = null;
        foreach (TResult result in _results.Values)
            result.Dispose();
        _results.Clear();
    }
}
