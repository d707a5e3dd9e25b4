using LdmMl.Torch.Kernels.Winograd;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// The mode of the convolutions on the current thread, until it is disposed, and whether weights are being trained: layers keep nothing of them
/// between calls then, because it would be stale after the next step. Outside any scope libtorch is used.
/// </summary>
internal readonly ref struct ConvolutionScope
{
    [ThreadStatic]
    private static ConvolutionMode? mode;

    [ThreadStatic]
    private static bool trains;

    private readonly ConvolutionMode? outer;
    private readonly bool outerTrains;

    public ConvolutionScope(ConvolutionMode mode, bool trains = false)
    {
        (outer, outerTrains) = (ConvolutionScope.mode, ConvolutionScope.trains);
        (ConvolutionScope.mode, ConvolutionScope.trains) = (mode, trains);
    }

    /// <summary>Gets the current mode.</summary>
    public static ConvolutionMode Current => mode ?? ConvolutionMode.Direct;

    /// <summary>Gets whether layers compute as in a training on the library's kernels, with gradients or without.</summary>
    public static bool IsTraining => trains && Current != ConvolutionMode.Direct && WinogradConvolution.IsSupported;

    /// <summary>
    /// Determines whether a network with this number format and device is computed by Winograd's algorithm now, and so channels-last.
    /// </summary>
    public static bool IsFast(ScalarType format, DeviceType device) => Suits(format, device) && (trains || !is_grad_enabled());

    /// <summary>Determines whether the kernels for inference compute now, which have no gradients and may keep something of the weights.</summary>
    public static bool IsFastInference(ScalarType format, DeviceType device) => Suits(format, device) && !trains && !is_grad_enabled();

    public void Dispose() => (mode, trains) = (outer, outerTrains);

    private static bool Suits(ScalarType format, DeviceType device) =>
        Current != ConvolutionMode.Direct && format == ScalarType.Float32 && device == DeviceType.CPU && WinogradConvolution.IsSupported;
}
