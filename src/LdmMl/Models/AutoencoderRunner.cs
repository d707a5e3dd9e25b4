using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Models;

/// <summary>Runs batches of planes through an autoencoder.</summary>
/// <typeparam name="TBatch">What is read from the rows.</typeparam>
/// <param name="model">A handle that this runner owns: an open cursor outlives its transformer.</param>
internal abstract class AutoencoderRunner<TBatch>(AutoencoderModel model) : PlaneRunner<TBatch, PlaneTensor>
    where TBatch : PlaneBatch
{
    /// <summary>Gets the function that returns how many bytes of memory are free.</summary>
    internal Func<long> FreeMemory { get; init; } = WorkingMemory.Free;

    private protected AutoencoderModel Model => model;

    private protected sealed override Device Device => model.Device;

    public override void Dispose()
    {
        base.Dispose();
        model.Dispose();
    }

    /// <summary>Runs rows [n, C, H, W] through the network.</summary>
    /// <param name="rows">The rows, on the CPU, as the result.</param>
    /// <param name="batch">The batch that they belong to.</param>
    /// <param name="slots">Their places in the batch.</param>
    private protected abstract Tensor Forward(Tensor rows, TBatch batch, IReadOnlyList<int> slots);

    /// <summary>Gets the size of the images of a group.</summary>
    private protected virtual ImageSize ImageSizeOf(PlaneGroup group) => group.Size;

    /// <summary>Gets the result [C', H', W'] of a row; empty if its value was missing.</summary>
    private protected ReadOnlySpan<float> Result(int slot, out ImageSize size)
    {
        size = default;
        if (Find(slot) is not var (result, index))
            return [];
        size = result.Size;
        return result.Row(index);
    }

    private protected sealed override PlaneTensor Compute(TBatch batch, PlaneGroup group)
    {
        if (Device.type == DeviceType.CPU)
        {
            AutoencoderMemory.Require(
                model.Config, ImageSizeOf(group), group.Count, FreeMemory, model.Precision, TorchRuntime.KeepsFreedMemory,
                AutoencoderMemory.IsDirect(model.Convolutions));
        }

        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        return PlaneTensor.Keep(Forward(group.Rows(), batch, group.Slots));
    }
}
