using LdmMl.Torch.Kernels.Vectors;
using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// A 3x3 convolution of stride 1 with padding 1 by Winograd's algorithm, for float32 channels-last images on the CPU.
/// Its weights are a copy: the original weights may be freed or changed.
/// </summary>
internal sealed unsafe class WinogradConvolution : IDisposable
{
    private readonly WinogradWeights weights;
    private readonly Tensor bias;
    private readonly Action<WinogradLayer> compute;

    /// <param name="tile">The size of its tiles.</param>
    /// <param name="weight">Weights [Cout, Cin, 3, 3]; their widths must fit.</param>
    /// <param name="bias">The bias of each output channel, [Cout]; null for none.</param>
    /// <param name="lanes">The width of its vectors, 16 or 8; the processor's widest unless given.</param>
    public WinogradConvolution(WinogradTile tile, Tensor weight, Tensor? bias, int? lanes = null)
    {
        var (transform, run) = Kernel(tile, lanes ?? Processor.Lanes);
        using var noGradient = no_grad();
        weights = transform(weight);
        this.bias = (bias?.detach().clone() ?? zeros([weight.shape[0]], ScalarType.Float32, CPU)).DetachFromDisposeScope();
        compute = run;
    }

    /// <summary>Gets whether the processor supports the kernels.</summary>
    public static bool IsSupported => Processor.Lanes > 0;

    /// <summary>Determines whether a convolution's widths fit the vectors.</summary>
    public static bool Fits(long inChannels, long outChannels) =>
        IsSupported && inChannels % Processor.Lanes == 0 && outChannels % (2 * Processor.Lanes) == 0;

    /// <summary>Convolves.</summary>
    /// <param name="input">[N, Cin, h, w]; converted to channels-last where needed.</param>
    /// <param name="doubles">Whether the input is doubled by nearest-neighbour upsampling first.</param>
    /// <param name="addend">Added to the result, [N, Cout, H, W], channels last; null for nothing.</param>
    /// <param name="rectifies">Whether ReLU is applied last.</param>
    /// <returns>[N, Cout, H, W], channels last. The caller disposes it.</returns>
    public Tensor Convolve(Tensor input, bool doubles = false, Tensor? addend = null, bool rectifies = false)
    {
        using var scope = NewDisposeScope();
        var pixels = input.permute(0, 2, 3, 1).contiguous();     // [N, h, w, Cin]
        var factor = doubles ? 2 : 1;
        var output = empty([input.shape[0], input.shape[2] * factor, input.shape[3] * factor, weights.OutChannels], ScalarType.Float32, CPU);
        compute(new WinogradLayer
        {
            Input = TensorPointer.OfFloats(pixels),
            Output = TensorPointer.OfFloats(output),
            Bias = TensorPointer.OfFloats(bias),
            Addend = TensorPointer.OfFloats(addend),
            Weights = weights,
            Images = (int)input.shape[0],
            Height = (int)output.shape[1],
            Width = (int)output.shape[2],
            Doubles = doubles,
            Rectifies = rectifies,
        });
        GC.KeepAlive(addend);
        GC.KeepAlive(this);                                      // whose bias is an address there
        return scope.MoveToOuter(output.permute(0, 3, 1, 2));
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        weights.Dispose();
        bias.Dispose();
    }

    private static (Func<Tensor, WinogradWeights> Transform, Action<WinogradLayer> Compute) Kernel(WinogradTile tile, int lanes) =>
        (tile, lanes) switch
        {
            (WinogradTile.F2, 16) => Of<TileF2, Lanes16>(),
            (WinogradTile.F4, 16) => Of<TileF4, Lanes16>(),
            (WinogradTile.F2, 8) => Of<TileF2, Lanes8>(),
            (WinogradTile.F4, 8) => Of<TileF4, Lanes8>(),
            _ => throw new PlatformNotSupportedException($"There is no {tile} kernel for vectors of {lanes} numbers."),
        };

    private static (Func<Tensor, WinogradWeights> Transform, Action<WinogradLayer> Compute) Of<TTile, TLanes>()
        where TTile : struct, IWinogradTile
        where TLanes : struct, ILanes<TLanes> =>
        (WinogradWeights.Transform<TTile, TLanes>, WinogradRun<TTile, TLanes>.Compute);
}
