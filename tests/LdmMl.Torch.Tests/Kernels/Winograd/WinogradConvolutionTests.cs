using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.Vectors;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.Winograd;

public class WinogradConvolutionTests
{
    // Relative root mean squares; measured over these layers: F2 at most 3.3e-7, F4 at most 1.9e-6. They grow as the square root of the channels.
    private const double SmallError = 1e-6, LargeError = 1e-5;

    private static readonly (int Images, int In, int Out, int Height, int Width)[] Shapes =
    [
        (1, 1, 1, 5, 7), (2, 1, 1, 33, 19), (3, 3, 1, 1, 1), (5, 1, 2, 1, 9), (1, 2, 3, 9, 1), (2, 5, 3, 2, 2), (1, 4, 2, 8, 8), (3, 2, 1, 4, 5), (1, 7, 2, 3, 6),
    ];

    public static TheoryData<string> Kernels() => WinogradCases.Kernels();

    /// <summary>Every kernel with every shape; channels are multiples of a kernel's smallest number.</summary>
    public static TheoryData<string, int, int, int, int, int> Layers()
    {
        var cases = new TheoryData<string, int, int, int, int, int>();
        foreach (var kernel in WinogradCases.Names)
        {
            foreach (var (images, inChannels, outChannels, height, width) in Shapes)
                cases.Add(kernel, images, inChannels * WinogradCases.Lanes(kernel), outChannels * 2 * WinogradCases.Lanes(kernel), height, width);
        }

        return cases;
    }

    /// <summary>Every kernel with a layer whose transformed weights fit into a third of most L3 caches, and one whose do not.</summary>
    public static TheoryData<string, int, int> NarrowAndWide()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (var kernel in WinogradCases.Names)
        {
            var (lanes, width) = (WinogradCases.Lanes(kernel), WinogradCases.Tile(kernel) == WinogradTile.F4 ? 256 : 384);
            cases.Add(kernel, 3 * lanes, 64);
            cases.Add(kernel, width + lanes, width + 64);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_convolution_equals_one_in_float64(string kernel, int count, int inChannels, int outChannels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(inChannels, outChannels);
        var images = WinogradCases.Activations(count, inChannels, height, width);
        using var convolution = WinogradCases.Create(kernel, weight, bias);
        using var withoutBias = WinogradCases.Create(kernel, weight);

        AssertClose(kernel, convolution.Convolve(images), WinogradCases.Exact(images, weight, bias));
        AssertClose(kernel, withoutBias.Convolve(images), WinogradCases.Exact(images, weight));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Fused_operations_equal_separate_ones(string kernel, int count, int inChannels, int outChannels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(inChannels, outChannels);
        var images = WinogradCases.Activations(count, inChannels, height, width);
        var addend = Drawn.Normal(3, count, outChannels, height, width).ToChannelsLast();
        using var convolution = WinogradCases.Create(kernel, weight, bias);
        var plain = convolution.Convolve(images);

        Assert.True(Drawn.Same(convolution.Convolve(images, addend: addend), plain.Plus(addend)));
        Assert.True(Drawn.Same(convolution.Convolve(images, rectifies: true), plain.relu()));
        Assert.True(Drawn.Same(convolution.Convolve(images, addend: addend, rectifies: true), plain.Plus(addend).relu()));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Fused_upsampling_equals_separate_upsampling(string kernel, int count, int inChannels, int outChannels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(inChannels, outChannels);
        var images = WinogradCases.Activations(count, inChannels, height, width);
        var addend = Drawn.Normal(3, count, outChannels, 2 * height, 2 * width).ToChannelsLast();
        using var convolution = WinogradCases.Create(kernel, weight, bias);
        var doubled = WinogradCases.Doubled(images);

        Assert.True(Drawn.Same(convolution.Convolve(images, doubles: true), convolution.Convolve(doubled)));
        Assert.True(Drawn.Same(convolution.Convolve(images, doubles: true, addend, rectifies: true), convolution.Convolve(doubled, false, addend, true)));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_result_is_channels_last_whatever_the_order_of_the_input(string kernel)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(16, 32);
        var images = WinogradCases.Activations(2, 16, 6, 5);
        using var convolution = WinogradCases.Create(kernel, weight, bias);
        var result = convolution.Convolve(images);

        Assert.True(result.IsChannelsLast());
        Assert.True(Drawn.Same(result, convolution.Convolve(images.contiguous())));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Results_larger_than_half_of_the_L3_cache_equal_small_ones(string kernel)
    {
        using var scope = NewDisposeScope();
        const int Side = 61, Out = 32;
        var largest = CacheSizes.ThirdLevel / 2 / (Side * Side * Out * sizeof(float));
        var (weight, bias) = WinogradCases.Layer(16, Out);
        var image = WinogradCases.Activations(1, 16, Side, Side);
        var addend = Drawn.Normal(3, 1, Out, Side, Side).ToChannelsLast();
        using var convolution = WinogradCases.Create(kernel, weight, bias);
        var alone = convolution.Convolve(image, addend: addend, rectifies: true);
        var many = convolution.Convolve(
            image.expand(largest + 1, -1, -1, -1), addend: addend.expand(largest + 1, -1, -1, -1).ToChannelsLast(), rectifies: true);

        Assert.True(many.eq(alone).all().item<bool>());
    }

    /// <remarks>Few tiles: kept. Many tiles: transformed again in each call; whole if they are narrow, in parts if they are wide.</remarks>
    [Theory]
    [MemberData(nameof(NarrowAndWide))]
    public void Weights_that_are_transformed_in_each_call_give_the_same_bits_as_kept_ones(string kernel, int inChannels, int outChannels)
    {
        using var scope = NewDisposeScope();
        const int Side = 20, Many = 17;
        var (weight, bias) = WinogradCases.Layer(inChannels, outChannels);
        var image = WinogradCases.Activations(1, inChannels, Side, Side);
        using var keeping = WinogradCases.Create(kernel, weight, bias);
        using var transforming = WinogradCases.Create(kernel, weight, bias);
        var expected = keeping.Convolve(image);

        var many = transforming.Convolve(image.expand(Many, -1, -1, -1).ToChannelsLast());

        Assert.True(many.eq(expected).all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Weights_in_float16_give_the_same_bits_as_the_same_numbers_in_float32(string kernel)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(48, 64);
        using var half = (weight * Real(1e-3)).to(ScalarType.Float16);       // a part of them is below the smallest normal number
        var images = WinogradCases.Activations(2, 48, 13, 9);
        using var narrow = WinogradCases.Create(kernel, half, bias);
        using var wide = WinogradCases.Create(kernel, half.to(ScalarType.Float32), bias);

        Assert.True(Drawn.Same(narrow.Convolve(images), wide.Convolve(images)));
    }

    [Fact]
    public void Only_widths_of_whole_vectors_fit()
    {
        var lanes = Processor.Lanes;

        Assert.Equal(lanes > 0, WinogradConvolution.IsSupported);
        Assert.Equal(lanes > 0, WinogradConvolution.Fits(3L * lanes, 6L * lanes));
        Assert.False(WinogradConvolution.Fits(lanes + 1, 2 * lanes));
        Assert.False(WinogradConvolution.Fits(lanes, 3 * lanes));
    }

    [Fact]
    public void Vectors_without_a_kernel_are_refused()
    {
        using var scope = NewDisposeScope();
        var (weight, _) = WinogradCases.Layer(16, 32);

        var error = Assert.Throws<PlatformNotSupportedException>(() => new WinogradConvolution(WinogradTile.F4, weight, null, lanes: 4));
        Assert.Equal("There is no F4 kernel for vectors of 4 numbers.", error.Message);
    }

    private static void AssertClose(string kernel, Tensor actual, Tensor expected)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange(Drawn.RelativeError(actual, expected), 0, WinogradCases.Tile(kernel) == WinogradTile.F2 ? SmallError : LargeError);
    }
}
