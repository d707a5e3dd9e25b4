using LdmMl.Batching;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Autoencoders;

/// <summary>Takes batches of planes through an autoencoder, one forward pass for each size in the batch.</summary>
internal abstract class AutoencoderRunner : BatchRunner
{
    private readonly PlaneBatch[] _halves;

    // Kept apart from the groups: the reading thread clears those of the batch before, while its results are still held.
    private readonly Dictionary<PlaneGroup, PlaneTensor> _results = [];
    private PlaneBatch? _computed;

    /// <param name="model">A handle that this runner takes over: a cursor that is open outlives its transformer.</param>
    /// <param name="channels">Channels of the planes that are read.</param>
    /// <param name="capacity">Rows a batch.</param>
    private protected AutoencoderRunner(AutoencoderModel model, int channels, int capacity)
    {
        Model = model;
        _halves = [new PlaneBatch(channels, capacity), new PlaneBatch(channels, capacity)];
    }

    private protected AutoencoderModel Model { get; }

    public sealed override void Clear(int half) => _halves[half].Clear();

    public sealed override void Read(int half, int slot) => ReadRow(_halves[half], half, slot);

    public sealed override void Compute(int half)
    {
        DropResults();
        foreach (PlaneGroup group in _halves[half].Groups)
        {
            if (group.Count > 0)
                _results.Add(group, Compute(group, half));
        }

        _computed = _halves[half];
        ComputedHalf = half;
    }

    public override void Dispose()
    {
        DropResults();
        foreach (PlaneBatch half in _halves)
            half.Dispose();
        Model.Dispose();
    }

    /// <summary>Gets the half whose results are held.</summary>
    private protected int ComputedHalf { get; private set; }

    /// <summary>Adds the source's current row to the batch, unless its value is missing.</summary>
    private protected abstract void ReadRow(PlaneBatch batch, int half, int slot);

    /// <summary>Takes rows [n, C, H, W] through the network.</summary>
    /// <param name="rows">The rows, on the CPU, as the result.</param>
    /// <param name="slots">The slots they belong to.</param>
    /// <param name="half">The half they were read into.</param>
    private protected abstract Tensor Forward(Tensor rows, IReadOnlyList<int> slots, int half);

    /// <summary>Gets the result [C', H', W'] of a row; empty where its value was missing.</summary>
    private protected ReadOnlySpan<float> Result(int slot, out ImageSize size)
    {
        size = default;
        if (_computed?.Find(slot) is not var (group, index))
            return [];
        PlaneTensor result = _results[group];
        size = result.Size;
        return result.Row(index);
    }

    private PlaneTensor Compute(PlaneGroup group, int half) => ForwardGate.Pass(Model.Device, () =>
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        return new PlaneTensor(Forward(group.Rows(), group.Slots, half).contiguous().DetachFromDisposeScope());
    });

    private void DropResults()
    {
        _computed = null;
        foreach (PlaneTensor result in _results.Values)
            result.Dispose();
        _results.Clear();
    }
}
