using System.Runtime.Intrinsics;
using LdmMl.Torch.Kernels.Vectors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.Winograd;

// Stands in until the class of this name with the same surface lands: whoever lands it deletes this file (ALLOW_DELETE=1).
#pragma warning disable SA1402, SA1649, MA0048
internal enum WinogradTile
{
    F2,
    F4,
}

internal sealed class WinogradConvolution : IDisposable
{
    private readonly WinogradConvolution<TileF2, Lanes16>? small;
    private readonly WinogradConvolution<TileF4, Lanes16>? large;

    public WinogradConvolution(WinogradTile tile, Tensor weight, Tensor? bias)
    {
        small = tile == WinogradTile.F2 ? new(weight, bias) : null;
        large = tile == WinogradTile.F4 ? new(weight, bias) : null;
    }

    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    public static bool Fits(long inChannels, long outChannels) => inChannels % 16 == 0 && outChannels % 32 == 0;

    public Tensor Convolve(Tensor input, bool doubles = false, Tensor? addend = null)
    {
        var result = small?.Convolve(input, doubles) ?? large!.Convolve(input, doubles);
        return addend is null ? result : result.add_(addend);
    }

    public void Dispose()
    {
        small?.Dispose();
        large?.Dispose();
    }
}
