using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

public class LayerTests
{
    [Fact]
    public void Group_normalisation_starts_at_one_and_zero_even_in_dirty_memory()
    {
        for (var round = 0; round < 20; round++)
        {
            // The allocator reuses freed memory of the same size.
            using (var dirt = full([64], Real(float.NaN))) { }
            using (var dirt = full([64], Real(1e20f))) { }
            using var norm = GroupNormalization.Create(8, 64, 1e-6, device: null);
            Assert.True(norm.weight!.eq(Whole(1)).all().item<bool>() && norm.bias!.eq(Whole(0)).all().item<bool>());
        }
    }

    [Theory]
    [InlineData(4, 8, 8)]
    [InlineData(32, 16, 16)]
    [InlineData(32, 26, 25)]
    public void A_convolution_gives_an_image_the_same_bits_alone_and_in_a_batch(int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var convolution = new ImageConvolution(channels, 12, kernel: 3, padding: 1);
        var images = randn(3, channels, height, width);
        var together = convolution.call(images);

        for (var row = 0; row < 3; row++)
            Assert.True(convolution.call(images.narrow(0, row, 1)).equal(together.narrow(0, row, 1)).all().item<bool>());
    }

    [Theory]
    [InlineData(30, 34, 15, 17)]
    [InlineData(15, 17, 7, 8)]
    public void Downsampling_rounds_odd_sides_down(int height, int width, int expectedHeight, int expectedWidth)
    {
        using var scope = NewDisposeScope();
        foreach (var withConvolution in new[] { true, false })
        {
            using var layer = new Downsample(4, withConvolution);
            Assert.Equal([2, 4, expectedHeight, expectedWidth], layer.call(ones(2, 4, height, width)).shape);
        }
    }

    [Fact]
    public void Downsampling_pads_right_and_bottom_only()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var layer = new Downsample(1, withConvolution: true);
        foreach (var parameter in layer.parameters())
            parameter.fill_(Real(parameter.dim() == 4 ? 1f : 0f));

        // Sums of 3x3 neighbourhoods that begin at even pixels: complete at the top left, cut at the right and the bottom.
        float[] expected = [9, 6, 6, 4];
        Assert.Equal(expected, layer.call(ones(1, 1, 4, 4)).data<float>().ToArray());
    }

    [Fact]
    public void Training_gets_gradients_and_the_values_of_inference()
    {
        using var scope = NewDisposeScope();
        using var block = new ResBlock(16, 32, normGroups: 8);
        using var attention = new AttentionBlock(32, normGroups: 8);
        var input = randn(2, 16, 8, 8);
        Tensor inferred;
        using (inference_mode())
            inferred = attention.call(block.call(input));

        var trained = attention.call(block.call(input));
        trained.pow(Whole(2)).mean().backward();

        Assert.True(trained.allclose(inferred, rtol: 1e-5, atol: 1e-6));
        Assert.All(block.parameters().Concat(attention.parameters()), parameter => Assert.True(parameter.grad is { } grad && grad.isfinite().all().item<bool>()));
    }

    [Fact]
    public void Gradients_flow_through_frozen_layers()
    {
        using var scope = NewDisposeScope();
        using var block = new ResBlock(16, 16, normGroups: 8);
        foreach (var parameter in block.parameters())
            parameter.requires_grad = false;
        var input = randn([2, 16, 8, 8], requires_grad: true);

        block.call(input).pow(Whole(2)).mean().backward();

        Assert.True(input.grad!.abs().sum().item<float>() > 0);
    }
}
