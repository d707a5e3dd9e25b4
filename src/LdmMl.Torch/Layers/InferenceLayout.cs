using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// In which order the numbers of a network's activations lie: channels last where its convolutions are fast there, plain elsewhere. Every layer
/// gives its result in the order of its input, so that a network chooses once, where it begins.
/// </summary>
internal static class InferenceLayout
{
    /// <summary>Says whether any convolution of a network can be fast; asked once, when it is built.</summary>
    public static bool Suits(nn.Module network) => network.modules().OfType<IFastConvolution>().Any(convolution => convolution.CanBeFast);

    /// <summary>Orders what a network begins with.</summary>
    /// <param name="input">Images; they stay with the caller.</param>
    /// <param name="suits">What <see cref="Suits"/> said of the network.</param>
    /// <param name="format">The number format that most of the network computes in.</param>
    /// <returns>A tensor that the caller disposes; it shares its memory with the input where nothing had to move.</returns>
    public static Tensor Enter(Tensor input, bool suits, ScalarType format) =>
        suits && ConvolutionScope.IsFast(format, input.device_type) ? input.ToChannelsLast() : input.alias();

    /// <summary>Puts what a network ends with back into plain order.</summary>
    public static Tensor Leave(Tensor owned)
    {
        if (owned.is_contiguous())
            return owned;
        using (owned)
            return owned.contiguous();
    }
}
