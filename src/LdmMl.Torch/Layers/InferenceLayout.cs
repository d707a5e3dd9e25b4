using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// The memory order of a network's activations: channels last if its convolutions are faster that way, plain otherwise. Every layer
/// returns its result in the order of its input, so that a network chooses once, at its start.
/// </summary>
internal static class InferenceLayout
{
    /// <summary>Determines whether any convolution of a network can be fast; called once, when it is built.</summary>
    public static bool Suits(nn.Module network) => network.modules().OfType<IFastConvolution>().Any(convolution => convolution.CanBeFast);

    /// <summary>Converts a network's input.</summary>
    /// <param name="input">Images; still owned by the caller.</param>
    /// <param name="suits">The result of <see cref="Suits"/> for the network.</param>
    /// <param name="format">The number format that most of the network computes in.</param>
    /// <returns>A tensor that the caller disposes; it shares memory with the input where no copy was needed.</returns>
    public static Tensor Enter(Tensor input, bool suits, ScalarType format) =>
        suits && ConvolutionScope.IsFast(format, input.device_type) ? input.ToChannelsLast() : input.alias();

    /// <summary>Converts a network's output back to plain order.</summary>
    public static Tensor Leave(Tensor owned)
    {
        if (owned.is_contiguous())
            return owned;
        using (owned)
            return owned.contiguous();
    }
}
