using LdmMl.Torch.Kernels.Vectors;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>The gradients of a 3x3 convolution of stride 1 with padding 1, by Winograd's algorithm; float32 on the CPU.</summary>
internal static unsafe class WinogradGradient
{
    /// <summary>Computes the gradient of the input: a convolution of the results' gradient with the turned filters.</summary>
    /// <param name="tile">The size of the tiles.</param>
    /// <param name="gradient">The gradient of the results [N, Cout, H, W].</param>
    /// <param name="weight">The filters [Cout, Cin, 3, 3].</param>
    /// <param name="lanes">The width of the vectors, 16 or 8; the processor's widest unless given.</param>
    /// <returns>[N, Cin, H, W], channels last. The caller disposes it.</returns>
    public static Tensor OfInput(WinogradTile tile, Tensor gradient, Tensor weight, int? lanes = null)
    {
        using var turned = new WinogradConvolution(tile, weight, bias: null, lanes, keeps: false, isTurned: true);
        return turned.Convolve(gradient);
    }

    /// <summary>Computes the gradient of the filters.</summary>
    /// <param name="tile">The size of the tiles.</param>
    /// <param name="input">The convolution's input [N, Cin, h, w].</param>
    /// <param name="gradient">The gradient of the results [N, Cout, H, W].</param>
    /// <param name="doubles">Whether the input was doubled by nearest-neighbour upsampling first.</param>
    /// <param name="lanes">The width of the vectors, 16 or 8; the processor's widest unless given.</param>
    /// <returns>[Cout, Cin, 3, 3]. The caller disposes it.</returns>
    public static Tensor OfWeight(WinogradTile tile, Tensor input, Tensor gradient, bool doubles = false, int? lanes = null)
    {
        using var scope = NewDisposeScope();
        var (pixels, gradients) = (input.permute(0, 2, 3, 1).contiguous(), gradient.permute(0, 2, 3, 1).contiguous());
        var (inChannels, outChannels) = (input.shape[1], gradient.shape[1]);
        var result = empty([outChannels, inChannels, 3, 3], ScalarType.Float32, CPU);
        var layer = new WinogradLayer
        {
            Input = TensorPointer.OfFloats(pixels),
            Output = TensorPointer.OfFloats(gradients),
            Bias = null,
            Filters = new FilterBank(0, IsHalf: false, (int)inChannels, (int)outChannels),
            Images = (int)input.shape[0],
            Height = (int)gradient.shape[2],
            Width = (int)gradient.shape[3],
            Doubles = doubles,
        };
        Kernel(tile, lanes ?? Processor.Lanes)(layer, (nint)TensorPointer.OfFloats(result));
        GC.KeepAlive(pixels);                                    // which are addresses there
        GC.KeepAlive(gradients);
        return scope.MoveToOuter(result);
    }

    private static Action<WinogradLayer, nint> Kernel(WinogradTile tile, int lanes) =>
        (tile, lanes) switch
        {
            (WinogradTile.F2, 16) => WeightGradientRun<TileF2, Lanes16>.Compute,
            (WinogradTile.F4, 16) => WeightGradientRun<TileF4, Lanes16>.Compute,
            (WinogradTile.F2, 8) => WeightGradientRun<TileF2, Lanes8>.Compute,
            (WinogradTile.F4, 8) => WeightGradientRun<TileF4, Lanes8>.Compute,
            _ => throw new PlatformNotSupportedException($"There is no {tile} kernel for vectors of {lanes} numbers."),
        };
}
