using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

public class UpsampleTests
{
    [Theory]
    [InlineData(32, 32, 32)]
    [InlineData(40, 33, 47)]
    public void Large_images_equal_upsampling_and_convolving(int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var upsample = new Upsample(channels, withConvolution: true);
        var images = Images(3, channels, height, width);
        var expected = Plainly(upsample, images);
        var actual = upsample.call(images);

        Assert.True((actual - expected).abs().max().item<float>() < 1e-5);   // sums of three float32 weights in another order
        Assert.True(upsample.call(images.narrow(0, 2, 1)).equal(actual.narrow(0, 2, 1)).all().item<bool>());
        Assert.True(upsample.call(images.narrow(0, 1, 2)).equal(actual.narrow(0, 1, 2)).all().item<bool>());
    }

    [Fact]
    public void Gradients_equal_those_of_upsampling_and_convolving()
    {
        using var scope = NewDisposeScope();
        using var upsample = new Upsample(32, withConvolution: true);
        var images = Images(4, 32, 16, 20).requires_grad_();
        Tensor[] leaves = [images, .. upsample.parameters()];
        var expected = autograd.grad([Plainly(upsample, images).pow(Whole(2)).mean()], leaves);
        var actual = autograd.grad([upsample.call(images).pow(Whole(2)).mean()], leaves);

        for (var i = 0; i < leaves.Length; i++)
            Assert.True(actual[i].allclose(expected[i], rtol: 1e-4, atol: 1e-6));
    }

    private static Tensor Plainly(Upsample upsample, Tensor images)
    {
        var doubled = nn.functional.interpolate(images, scale_factor: [2.0, 2.0], mode: InterpolationMode.Nearest);
        return nn.functional.conv2d(doubled, upsample.get_parameter("conv.weight")!, upsample.get_parameter("conv.bias"), [1, 1], [1, 1]);
    }

    private static Tensor Images(params long[] shape)
    {
        using var generator = new Generator(3, CPU);
        return randn(shape, generator: generator);
    }
}
