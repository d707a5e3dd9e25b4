using LdmMl.Torch.Kernels.Winograd;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// The mode of the convolutions that the current thread computes, until it is disposed. Outside any scope libtorch computes: weights that are still
/// learning would make transformed ones stale.
/// </summary>
internal readonly ref struct ConvolutionScope
{
    [ThreadStatic]
    private static ConvolutionMode? mode;

    private readonly ConvolutionMode? outer;

    public ConvolutionScope(ConvolutionMode mode)
    {
        outer = ConvolutionScope.mode;
        ConvolutionScope.mode = mode;
    }

    /// <summary>Gets the mode in force.</summary>
    public static ConvolutionMode Current => mode ?? ConvolutionMode.Direct;

    /// <summary>Says whether a network of this number format, there, is computed by Winograd's algorithm now, and so channels-last.</summary>
    public static bool IsFast(ScalarType format, DeviceType device) =>
        Current != ConvolutionMode.Direct && format == ScalarType.Float32 && device == DeviceType.CPU && WinogradConvolution.IsSupported && !is_grad_enabled();

    public void Dispose() => mode = outer;
}
