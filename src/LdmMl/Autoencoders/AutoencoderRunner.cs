using LdmMl.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Autoencoders;

/// <summary>Takes batches of planes through an autoencoder.</summary>
internal abstract class AutoencoderRunner : PlaneRunner<PlaneTensor>
{
    /// <param name="model">A handle that this runner takes over: a cursor that is open outlives its transformer.</param>
    /// <param name="channels">Channels of the planes that are read.</param>
    /// <param name="capacity">Rows a batch.</param>
    private protected AutoencoderRunner(AutoencoderModel model, int channels, int capacity)
        : base(channels, capacity) =>
        Model = model;

    private protected AutoencoderModel Model { get; }

    private protected sealed override Device Device => Model.Device;

    public override void Dispose()
    {
        base.Dispose();
        Model.Dispose();
    }

    /// <summary>Takes rows [n, C, H, W] through the network.</summary>
    /// <param name="rows">The rows, on the CPU, as the result.</param>
    /// <param name="slots">The slots they belong to.</param>
    /// <param name="half">The half they were read into.</param>
    private protected abstract Tensor Forward(Tensor rows, IReadOnlyList<int> slots, int half);

    /// <summary>Gets the result [C', H', W'] of a row; empty where its value was missing.</summary>
    private protected ReadOnlySpan<float> Result(int slot, out ImageSize size)
    {
        size = default;
        if (Find(slot) is not var (result, index))
            return [];
        size = result.Size;
        return result.Row(index);
    }

    private protected sealed override PlaneTensor Compute(PlaneGroup group, int half)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        return new PlaneTensor(Forward(group.Rows(), group.Slots, half).contiguous().DetachFromDisposeScope());
    }
}
