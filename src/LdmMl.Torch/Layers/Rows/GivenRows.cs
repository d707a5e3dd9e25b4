using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers.Rows;

/// <summary>The input of a network, in the order of its activations.</summary>
/// <param name="image">The input [1, C, H, W], which must outlive it.</param>
/// <param name="suits">The result of <see cref="InferenceLayout.Suits"/> for the network.</param>
/// <param name="format">The number format that most of the network computes in.</param>
/// <param name="memory">How long strips are.</param>
internal sealed class GivenRows(Tensor image, bool suits, ScalarType format, RowMemory memory) : RowMap(image.shape[1], image.shape[2], image.shape[3])
{
    /// <inheritdoc/>
    public override long HeldBytes => 0;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Read(long first, bool last)
    {
        var step = memory.StripRows(Channels, Width);
        for (var at = first; at < Height; at += step)
            yield return Strip(at, Math.Min(step, Height - at));
    }

    private Tensor Strip(long first, long count)
    {
        using var scope = NewDisposeScope();
        var rows = image.narrow(2, first, count);
        return (suits && ConvolutionScope.IsFast(format, rows.device_type) ? rows.ToChannelsLast() : rows.contiguous()).DetachFromDisposeScope();
    }
}
