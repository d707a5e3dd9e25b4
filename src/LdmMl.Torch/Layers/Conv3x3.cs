using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers.Rows;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// The fast path of a 3x3 convolution of stride 1 and padding 1; all handles of a network share it. It is used only within a
/// <see cref="ConvolutionScope"/>, so weights no longer change once they were used, except where that scope says that they are being trained.
/// </summary>
/// <param name="weight">Returns the layer's weights, [Cout, Cin, 3, 3].</param>
/// <param name="bias">Returns the bias of each output channel, [Cout]; null for none.</param>
internal sealed class Conv3x3(Func<Tensor> weight, Func<Tensor?> bias) : IDisposable
{
    private readonly Lock making = new();
    private readonly long inChannels = weight().shape[1], outChannels = weight().shape[0];
    private WinogradConvolution? small, large;

    /// <summary>Determines whether Winograd's algorithm can take a convolution of these widths.</summary>
    public bool Fits => WinogradConvolution.Fits(inChannels, outChannels);

    /// <summary>Determines whether it has convolved an image with these tiles.</summary>
    public bool HasUsed(WinogradTile tile) => (tile == WinogradTile.F2 ? small : large) is not null;

    /// <summary>Convolves if the current mode and the shape select Winograd's algorithm.</summary>
    /// <param name="input">Images [B, Cin, h, w]. Plain order means that the network chose libtorch at its start.</param>
    /// <param name="doubles">Whether the input is doubled by nearest-neighbour upsampling first.</param>
    /// <param name="addend">Added to the result, [B, Cout, H, W]; null for none.</param>
    /// <param name="rectifies">Whether ReLU follows.</param>
    /// <param name="window">The rows to compute if the input is a strip of a larger map, for which the algorithm is chosen; null for all.</param>
    /// <returns>Images [B, Cout, H, W], channels last; null if libtorch is faster.</returns>
    public Tensor? TryConvolve(Tensor input, bool doubles = false, Tensor? addend = null, bool rectifies = false, RowWindow? window = null)
    {
        var factor = doubles ? 2 : 1;
        if (Choose(input, window?.Height ?? (input.shape[2] * factor), factor) is not { } tile)
            return null;
        using var scope = NewDisposeScope();
        if (ConvolutionScope.IsTraining)
            return TryTrain(input, tile, doubles, addend, rectifies) is { } trained ? scope.MoveToOuter(trained) : null;
        return scope.MoveToOuter(Get(tile).Convolve(
            input, doubles, addend?.ToChannelsLast(), rectifies, (int)(window?.Above ?? 0), (int)(window?.Below ?? 0)));
    }

    /// <summary>Frees what it keeps.</summary>
    public void Dispose()
    {
        small?.Dispose();
        large?.Dispose();
    }

    private Tensor? TryTrain(Tensor input, WinogradTile tile, bool doubles, Tensor? addend, bool rectifies)
    {
        var plan = ConvolutionChoice.PlanTraining(ConvolutionScope.Current, inChannels, outChannels, input.shape, tile, doubles);
        if (plan is null)
            return null;
        var result = TrainedConvolution.Run(input, weight(), bias(), addend?.ToChannelsLast(), plan);
        return rectifies ? result.ThenRelu() : result;
    }

    private WinogradTile? Choose(Tensor input, long height, int factor) =>
        ConvolutionScope.IsFast(HalfWeight.FormatOf(weight()), weight().device_type) && input.dtype == ScalarType.Float32 && input.IsChannelsLast()
            ? ConvolutionChoice.Choose(
                ConvolutionScope.Current, inChannels, outChannels, height, input.shape[3] * factor, doubles: factor == 2)
            : null;

    private WinogradConvolution Get(WinogradTile tile)
    {
        lock (making)
            return tile == WinogradTile.F2 ? small ??= Make(tile) : large ??= Make(tile);
    }

    private WinogradConvolution Make(WinogradTile tile) => new(tile, weight(), bias());
}
