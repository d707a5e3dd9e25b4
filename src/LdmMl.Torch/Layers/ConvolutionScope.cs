using LdmMl.Torch.Kernels.Winograd;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// The mode of the convolutions on the current thread, until it is disposed. Outside any scope libtorch is used: weights that are still
/// being trained would make transformed ones stale.
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

    /// <summary>Gets the current mode.</summary>
    public static ConvolutionMode Current => mode ?? ConvolutionMode.Direct;

    /// <summary>
    /// Determines whether a network with this number format and device is computed by Winograd's algorithm now, and so channels-last.
    /// </summary>
    public static bool IsFast(ScalarType format, DeviceType device) =>
        Current != ConvolutionMode.Direct && format == ScalarType.Float32 && device == DeviceType.CPU && WinogradConvolution.IsSupported && !is_grad_enabled();

    public void Dispose() => mode = outer;
}
