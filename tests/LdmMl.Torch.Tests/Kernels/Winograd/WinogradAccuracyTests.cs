using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.Winograd;

/// <summary>The deviation of layers of realistic widths from float64.</summary>
public class WinogradAccuracyTests
{
    private static readonly (int Images, int In, int Out, int Side)[] Shapes = [(2, 64, 64, 48), (1, 128, 64, 32), (1, 256, 128, 24), (1, 512, 256, 16)];

    public static TheoryData<string> Kernels() => WinogradCases.Kernels();

    public static TheoryData<string, int, int, int, int> Layers()
    {
        var cases = new TheoryData<string, int, int, int, int>();
        foreach (var kernel in WinogradCases.Names)
        {
            foreach (var (images, inChannels, outChannels, side) in Shapes)
                cases.Add(kernel, images, inChannels, outChannels, side);
        }

        return cases;
    }

    // Measured from 64 to 512 channels: F2 2.5e-7 to 6.6e-7, libtorch 4.3e-7 to 1.0e-6, F4 1.6e-6 to 4.2e-6.
    [Theory]
    [MemberData(nameof(Layers))]
    public void F2_is_as_accurate_as_libtorch_and_F4_within_its_bound(string kernel, int count, int inChannels, int outChannels, int side)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(inChannels, outChannels);
        var images = WinogradCases.Activations(count, inChannels, side, side);
        var exact = WinogradCases.Exact(images, weight, bias);
        using var convolution = WinogradCases.Create(kernel, weight, bias);
        var error = Drawn.RelativeError(convolution.Convolve(images), exact);
        var direct = Drawn.RelativeError(nn.functional.conv2d(images, weight, bias, padding: [1, 1]), exact);

        Assert.InRange(error, 0, WinogradCases.Tile(kernel) == WinogradTile.F2 ? direct : 1e-5);
    }

    // Largest errors relative to the output's root mean square, each at most twice the result of a simulation of the algorithm in float32 for other
    // values: the worst of 131072 outputs differs from draw to draw. Measured, far from 0: F2 1.2e-6, F4 1.8e-6, libtorch 3.7e-6.
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Activations_far_from_0_keep_their_digits(string kernel) =>
        AssertWorst(kernel, WinogradCases.Activations(2, 64, 32, 32) + Real(10), small: 2 * 2.0e-6, large: 2 * 4.9e-6);

    // Measured: F2 4.0e-6, F4 8.1e-5, libtorch 6.8e-6.
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Channels_a_hundred_times_larger_than_others_keep_their_digits(string kernel)
    {
        using var scope = NewDisposeScope();
        var images = WinogradCases.Activations(2, 64, 32, 32);
        images.narrow(1, 5, 2).mul_(Real(100));
        AssertWorst(kernel, images, small: 2 * 3.8e-6, large: 2 * 5.3e-5);
    }

    // Measured: F2 9.2e-6, F4 1.5e-4, libtorch 2.0e-5.
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Single_huge_activations_keep_their_digits(string kernel)
    {
        using var scope = NewDisposeScope();
        var images = WinogradCases.Activations(2, 64, 32, 32);
        for (var one = 0; one < 16; one++)
            images[one % 2, one * 37 % 64, one * 13 % 32, one * 29 % 32] = 1e3f;
        AssertWorst(kernel, images, small: 2 * 8.3e-6, large: 2 * 1.2e-4);
    }

    private static void AssertWorst(string kernel, Tensor images, double small, double large)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(images.shape[1], 64);
        using var convolution = WinogradCases.Create(kernel, weight, bias);
        var exact = WinogradCases.Exact(images, weight, bias);
        var error = Drawn.WorstError(convolution.Convolve(images), exact);

        Assert.InRange(error, 0, WinogradCases.Tile(kernel) == WinogradTile.F2 ? small : large);
    }
}
