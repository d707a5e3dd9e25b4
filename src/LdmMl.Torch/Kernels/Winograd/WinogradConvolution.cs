using LdmMl.Torch.Kernels.Vectors;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// A 3x3 convolution of stride 1 with padding 1 by Winograd's algorithm, for float32 channels-last images on the CPU.
/// It reads its weights, float32 or float16, where they lie; they must not change.
/// </summary>
internal sealed unsafe class WinogradConvolution : IDisposable
{
    /// <summary>The most bytes that the transformed weights of a layer may take to be kept between calls.</summary>
    public const long LargestKept = 16L << 20;

    // With this many tiles, transforming the weights again in each call takes less than a fortieth of its time.
    private const long ManyTiles = 400;

    private readonly WinogradTile tile;
    private readonly Tensor weight, bias;
    private readonly FilterBank filters;
    private readonly Func<FilterBank, WinogradWeights> transform;
    private readonly Action<WinogradLayer> compute;
    private readonly Lock keeping = new();
    private readonly bool keeps;
    private WinogradWeights? kept;

    /// <param name="tile">The size of its tiles.</param>
    /// <param name="weight">Weights [Cout, Cin, 3, 3]; their widths must fit. Their memory is shared.</param>
    /// <param name="bias">The bias of each output channel, [Cout]; null for none.</param>
    /// <param name="lanes">The width of its vectors, 16 or 8; the processor's widest unless given.</param>
    /// <param name="keeps">Whether it keeps the transforms of its weights where that pays; not for weights that change before the next call.</param>
    /// <param name="isTurned">Whether it carries gradients of results back to the input: [Cout, Cin, 3, 3] is read as the convolution of the turned
    /// filters, from Cout channels to Cin.</param>
    public WinogradConvolution(WinogradTile tile, Tensor weight, Tensor? bias, int? lanes = null, bool keeps = true, bool isTurned = false)
    {
        (this.tile, this.keeps) = (tile, keeps);
        (transform, compute) = Kernel(tile, lanes ?? Processor.Lanes);
        using var noGradient = no_grad();
        using var detached = weight.detach();
        this.weight = detached.contiguous().DetachFromDisposeScope();
        var (inChannels, outChannels) = isTurned ? (weight.shape[0], weight.shape[1]) : (weight.shape[1], weight.shape[0]);
        this.bias = (bias?.detach().clone() ?? zeros([outChannels], ScalarType.Float32, CPU)).DetachFromDisposeScope();
        filters = new FilterBank(
            (nint)TensorPointer.Of(this.weight), weight.dtype == ScalarType.Float16, (int)inChannels, (int)outChannels, isTurned);
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
    /// <param name="above">How many rows of the input lie above those of the result, which is a strip of a larger map then.</param>
    /// <param name="below">How many rows of the input lie below those of the result.</param>
    /// <returns>[N, Cout, H, W], channels last. The caller disposes it.</returns>
    public Tensor Convolve(
        Tensor input, bool doubles = false, Tensor? addend = null, bool rectifies = false, int above = 0, int below = 0)
    {
        using var scope = NewDisposeScope();
        var pixels = input.permute(0, 2, 3, 1).contiguous();     // [N, h, w, Cin]
        var factor = doubles ? 2 : 1;
        var output = MemoryLayout.EmptyChannelsLast(
            input.shape[0], filters.OutChannels, (input.shape[2] - above - below) * factor, input.shape[3] * factor);
        compute(new WinogradLayer
        {
            Input = TensorPointer.OfFloats(pixels),
            Output = TensorPointer.OfFloats(output),
            Bias = TensorPointer.OfFloats(bias),
            Addend = TensorPointer.OfFloats(addend),
            Filters = filters,
            Transformed = Transformed(output),
            Images = (int)input.shape[0],
            Height = (int)output.shape[2],
            Width = (int)output.shape[3],
            Doubles = doubles,
            Rectifies = rectifies,
            Above = above,
            Below = below,
        });
        GC.KeepAlive(addend);
        GC.KeepAlive(this);                                      // whose weights and bias are addresses there
        return scope.MoveToOuter(output);
    }

    /// <summary>Frees what it keeps.</summary>
    public void Dispose()
    {
        kept?.Dispose();
        weight.Dispose();
        bias.Dispose();
    }

    /// <summary>Computes how many bytes the transformed weights of a layer take while they are kept: 0 where they never are.</summary>
    public static long KeptBytes(WinogradTile tile, long inChannels, long outChannels)
    {
        var (side, panel) = (OutputSide(tile) + 2, 2 * Processor.Lanes);
        var bytes = side * side * ((inChannels * panel) + WinogradWeights.Gap) * (outChannels / panel) * sizeof(float);
        return bytes <= LargestKept ? bytes : 0;
    }

    // Where there are few tiles, the weights would take as long to transform as the tiles to compute; it pays to keep those of narrow layers.
    private float* Transformed(Tensor output)                    // [N, Cout, H, W]
    {
        lock (keeping)
        {
            if (keeps && kept is null && IsWorthKeeping(output))
                kept = transform(filters);
            return kept is null ? null : kept.Numbers;
        }
    }

    private bool IsWorthKeeping(Tensor output)
    {
        var side = OutputSide(tile);
        var tiles = output.shape[0] * ((output.shape[2] + side - 1) / side) * ((output.shape[3] + side - 1) / side);
        return tiles < ManyTiles && KeptBytes(tile, filters.InChannels, filters.OutChannels) > 0;
    }

    private static int OutputSide(WinogradTile tile) => tile == WinogradTile.F2 ? TileF2.OutputSide : TileF4.OutputSide;

    private static (Func<FilterBank, WinogradWeights> Transform, Action<WinogradLayer> Compute) Kernel(WinogradTile tile, int lanes) =>
        (tile, lanes) switch
        {
            (WinogradTile.F2, 16) => Of<TileF2, Lanes16>(),
            (WinogradTile.F4, 16) => Of<TileF4, Lanes16>(),
            (WinogradTile.F2, 8) => Of<TileF2, Lanes8>(),
            (WinogradTile.F4, 8) => Of<TileF4, Lanes8>(),
            _ => throw new PlatformNotSupportedException($"There is no {tile} kernel for vectors of {lanes} numbers."),
        };

    private static (Func<FilterBank, WinogradWeights> Transform, Action<WinogradLayer> Compute) Of<TTile, TLanes>()
        where TTile : struct, IWinogradTile
        where TLanes : struct, ILanes<TLanes> =>
        (WinogradWeights.Transform<TTile, TLanes>, WinogradRun<TTile, TLanes>.Compute);
}
