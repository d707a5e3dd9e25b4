using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// With a single thread libtorch convolves small or few inputs by another algorithm than others: a matrix product, whose last bits depend on how the
/// input is aligned in memory. Here each input is then convolved by itself, from aligned memory, so that it gets the same bits in every batch.
/// </summary>
internal static class OneThread
{
    private const nint Alignment = 64;

    /// <summary>Convolves inputs one by one, if that is needed.</summary>
    /// <param name="input">Inputs [B, ...].</param>
    /// <param name="convolve">Convolves one of them.</param>
    /// <returns>The results of all; null if they can be convolved together.</returns>
    public static Tensor? ConvolveEach(Tensor input, Func<Tensor, Tensor> convolve)
    {
        if (get_num_threads() > 1 || is_grad_enabled() || input.device_type != TorchSharp.DeviceType.CPU)
            return null;
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(input.shape[0] == 1 ? convolve(Aligned(input)) : cat([.. input.split(1).Select(item => convolve(Aligned(item)))]));
    }

    private static unsafe Tensor Aligned(Tensor item) => (nint)TensorPointer.Of(item) % Alignment == 0 ? item : item.clone();
}
