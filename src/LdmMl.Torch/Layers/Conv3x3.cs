using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// The fast way through a 3x3 convolution of stride 1 and padding 1. Transforms its weights at the first use; all handles of a network share them.
/// Only what runs within a <see cref="ConvolutionScope"/> comes here, so weights no longer change once they are transformed.
/// </summary>
internal sealed class Conv3x3(ImageConvolution layer) : IDisposable
{
    private readonly Lock making = new();
    private WinogradConvolution? small, large;

    /// <summary>Says whether Winograd's algorithm can take a convolution of these widths.</summary>
    public bool Fits => WinogradConvolution.IsSupported && WinogradConvolution.Fits(layer.Weight.shape[1], layer.Weight.shape[0]);

    /// <summary>Says whether there are weights for these tiles, which the first convolution with them makes.</summary>
    public bool HasTransformed(WinogradTile tile) => (tile == WinogradTile.F2 ? small : large) is not null;

    /// <summary>Convolves where the mode in force and the shape make Winograd's algorithm the choice.</summary>
    /// <param name="input">Images [B, Cin, h, w]. Plain ones are a sign of a network that chose libtorch where it began.</param>
    /// <param name="doubles">Whether every pixel counts as 2x2.</param>
    /// <param name="addend">Added to the result, [B, Cout, H, W]; null for nothing.</param>
    /// <param name="rectifies">Whether ReLU follows at last.</param>
    /// <returns>Images [B, Cout, H, W], channels last; null where libtorch is the choice.</returns>
    public Tensor? TryConvolve(Tensor input, bool doubles = false, Tensor? addend = null, bool rectifies = false)
    {
        var weight = layer.Weight;
        if (!ConvolutionScope.IsFast(weight.dtype, weight.device_type) || input.dtype != ScalarType.Float32 || !input.IsChannelsLast())
            return null;
        var factor = doubles ? 2 : 1;
        var tile = ConvolutionChoice.Choose(
            ConvolutionScope.Current, weight.shape[1], weight.shape[0], input.shape[2] * factor, input.shape[3] * factor, doubles);
        if (tile is null)
            return null;
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Get(tile.Value).Convolve(input, doubles, addend?.ToChannelsLast(), rectifies));
    }

    /// <summary>Frees the transformed weights.</summary>
    public void Dispose()
    {
        small?.Dispose();
        large?.Dispose();
    }

    private WinogradConvolution Get(WinogradTile tile)
    {
        lock (making)
        {
            return tile == WinogradTile.F2
                ? small ??= new WinogradConvolution(WinogradTile.F2, layer.Weight, layer.Bias)
                : large ??= new WinogradConvolution(WinogradTile.F4, layer.Weight, layer.Bias);
        }
    }
}
