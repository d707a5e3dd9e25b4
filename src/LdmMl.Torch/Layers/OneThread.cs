using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// With a single thread libtorch convolves a batch of sixteen inputs or more by another algorithm than fewer, whose sums differ in the last bits. Here
/// such a batch is convolved in smaller parts, so that an input gets the same bits in every batch.
/// </summary>
internal static class OneThread
{
    private const long LargestPart = 15;

    /// <summary>Convolves a large batch in parts, if that is needed.</summary>
    /// <param name="input">Inputs [B, ...].</param>
    /// <param name="convolve">Convolves some of them.</param>
    /// <returns>The results of all; null if the batch can be convolved as a whole.</returns>
    public static Tensor? ConvolveInParts(Tensor input, Func<Tensor, Tensor> convolve)
    {
        if (input.shape[0] <= LargestPart || get_num_threads() > 1 || is_grad_enabled() || input.device_type != TorchSharp.DeviceType.CPU)
            return null;
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(cat([.. input.split(LargestPart).Select(convolve)]));
    }
}
