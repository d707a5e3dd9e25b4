using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LdmMl.Torch.Kernels.Vectors;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.Winograd;

/// <summary>The kernels that this machine can run, and random layers for them.</summary>
internal static class WinogradCases
{
    // Eight lanes are written with portable vectors and run everywhere; sixteen would only be slow without AVX-512.
    private static readonly Dictionary<string, (WinogradTile Tile, int Lanes)> Known = new(StringComparer.Ordinal)
    {
        ["F2, 8 lanes"] = (WinogradTile.F2, Lanes8.Count),
        ["F4, 8 lanes"] = (WinogradTile.F4, Lanes8.Count),
        ["F2, 16 lanes"] = (WinogradTile.F2, Lanes16.Count),
        ["F4, 16 lanes"] = (WinogradTile.F4, Lanes16.Count),
    };

    /// <summary>Gets the names of the kernels.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Known.Where(one => one.Value.Lanes == Lanes8.Count || (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)).Select(one => one.Key)];

    public static TheoryData<string> Kernels() => [.. Names];

    public static WinogradTile Tile(string kernel) => Known[kernel].Tile;

    /// <summary>The smallest number of input channels of a kernel; it needs at least twice as many output channels.</summary>
    public static int Lanes(string kernel) => Known[kernel].Lanes;

    public static WinogradConvolution Create(string kernel, Tensor weight, Tensor? bias = null) => new(Tile(kernel), weight, bias, Lanes(kernel));

    /// <summary>Draws weights that keep the scale of their input, and a bias.</summary>
    public static (Tensor Weight, Tensor Bias) Layer(long inChannels, long outChannels)
    {
        using var generator = new Generator(1, CPU);
        var weight = randn([outChannels, inChannels, 3, 3], generator: generator) / Real(Math.Sqrt(9 * inChannels));
        return (weight, randn([outChannels], generator: generator) * Real(0.1));
    }

    /// <summary>Draws the typical input of a layer: SiLU of normal numbers, channels last.</summary>
    public static Tensor Activations(params long[] shape) => nn.functional.silu(Drawn.Normal(2, shape)).ToChannelsLast();

    /// <summary>Convolves in float64.</summary>
    public static Tensor Exact(Tensor images, Tensor weight, Tensor? bias = null) =>
        nn.functional.conv2d(images.to(ScalarType.Float64), weight.to(ScalarType.Float64), bias?.to(ScalarType.Float64), padding: [1, 1]);

    public static Tensor Doubled(Tensor images) => nn.functional.interpolate(images, scale_factor: [2.0, 2.0], mode: InterpolationMode.Nearest);
}
