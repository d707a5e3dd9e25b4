using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

public class UpsampleTests
{
    [Theory]
    [InlineData(32, 32, 32)]
    [InlineData(40, 33, 47)]
    public void Without_gradients_large_images_get_what_they_get_with_them(int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        using var upsample = new Upsample(channels, withConvolution: true);
        var images = randn([3, channels, height, width], generator: generator);
        var expected = upsample.call(images).detach();

        using var noGradient = no_grad();
        var actual = upsample.call(images);

        Assert.True((actual - expected).abs().max().item<float>() < 1e-5);   // sums of three float32 weights in another order
        Assert.True(upsample.call(images.narrow(0, 2, 1)).equal(actual.narrow(0, 2, 1)).all().item<bool>());
        Assert.True(upsample.call(images.narrow(0, 1, 2)).equal(actual.narrow(0, 1, 2)).all().item<bool>());
    }
}
