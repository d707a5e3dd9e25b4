using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.Winograd;

/// <summary>The gradients of a convolution, beside libtorch's in float64.</summary>
public class WinogradGradientTests
{
    // Relative root mean square.
    private const double LargestError = 1e-5;

    private static readonly (int Images, int In, int Out, int Height, int Width)[] Shapes =
    [
        (1, 1, 1, 5, 7), (2, 1, 1, 33, 19), (3, 3, 1, 1, 1), (5, 1, 2, 1, 9), (1, 2, 3, 9, 1), (1, 4, 2, 8, 8), (2, 1, 2, 64, 64), (1, 14, 8, 20, 20),
    ];

    /// <summary>Every kernel with every shape; both channels are multiples of twice a kernel's lanes.</summary>
    public static TheoryData<string, int, int, int, int, int> Layers()
    {
        var cases = new TheoryData<string, int, int, int, int, int>();
        foreach (var kernel in WinogradCases.Names)
        {
            var width = 2 * WinogradCases.Lanes(kernel);
            foreach (var (images, inChannels, outChannels, height, rows) in Shapes)
                cases.Add(kernel, images, inChannels * width, outChannels * width, height, rows);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Both_gradients_equal_those_in_float64(string kernel, int count, int inChannels, int outChannels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var (tile, lanes) = (WinogradCases.Tile(kernel), WinogradCases.Lanes(kernel));
        var (weight, _) = WinogradCases.Layer(inChannels, outChannels);
        var images = WinogradCases.Activations(count, inChannels, height, width);
        var gradient = Drawn.Normal(3, count, outChannels, height, width).ToChannelsLast();
        var (ofInput, ofWeight) = Exact(images, weight, gradient, doubles: false);

        Assert.InRange(Drawn.RelativeError(WinogradGradient.OfInput(tile, gradient, weight, lanes), ofInput), 0, LargestError);
        Assert.InRange(Drawn.RelativeError(WinogradGradient.OfWeight(tile, images, gradient, lanes: lanes), ofWeight), 0, LargestError);
    }

    [Theory]
    [MemberData(nameof(WinogradConvolutionTests.Kernels), MemberType = typeof(WinogradConvolutionTests))]
    public void The_gradient_of_filters_takes_doubled_images(string kernel)
    {
        using var scope = NewDisposeScope();
        var width = 2 * WinogradCases.Lanes(kernel);
        var (weight, _) = WinogradCases.Layer(width, 2 * width);
        var images = WinogradCases.Activations(2, width, 5, 6);
        var gradient = Drawn.Normal(3, 2, 2 * width, 10, 12);
        var (_, expected) = Exact(images, weight, gradient, doubles: true);

        var actual = WinogradGradient.OfWeight(WinogradCases.Tile(kernel), images, gradient, doubles: true, WinogradCases.Lanes(kernel));

        Assert.InRange(Drawn.RelativeError(actual, expected), 0, LargestError);
    }

    private static (Tensor OfInput, Tensor OfWeight) Exact(Tensor images, Tensor weight, Tensor gradient, bool doubles)
    {
        var (x, w) = (images.to(ScalarType.Float64).requires_grad_(), weight.detach().to(ScalarType.Float64).requires_grad_());
        var seen = doubles ? nn.functional.interpolate(x, scale_factor: [2.0, 2.0], mode: InterpolationMode.Nearest) : x;
        var y = nn.functional.conv2d(seen, w, null, padding: [1, 1]);
        var all = autograd.grad([y], [x, w], [gradient.to(ScalarType.Float64)]);
        return (all[0], all[1]);
    }
}
