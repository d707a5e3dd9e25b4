using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Kernels;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

public class InferenceLayoutTests
{
    [Theory]
    [InlineData(ConvolutionMode.Auto, true)]
    [InlineData(ConvolutionMode.Exact, true)]
    [InlineData(ConvolutionMode.Direct, false)]
    public void A_network_with_fast_convolutions_starts_channels_last_and_ends_plain(ConvolutionMode mode, bool isFast)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var convolutions = new ConvolutionScope(mode);
        var images = Drawn.Normal(1, 2, 5, 4, 3);
        var inside = InferenceLayout.Enter(images, suits: true, ScalarType.Float32);

        Assert.Equal(isFast && WinogradConvolution.IsSupported, inside.IsChannelsLast());
        Assert.True(Drawn.Same(inside, images));
        var outside = InferenceLayout.Leave(inside);
        Assert.True(outside.is_contiguous());
        Assert.True(Drawn.Same(outside, images));
    }

    [Fact]
    public void A_network_without_fast_convolutions_stays_plain_and_so_do_half_precision_and_training()
    {
        using var scope = NewDisposeScope();
        using var convolutions = new ConvolutionScope(ConvolutionMode.Auto);
        var images = Drawn.Normal(1, 2, 5, 4, 3);

        Assert.True(InferenceLayout.Enter(images, suits: true, ScalarType.Float32).is_contiguous());
        using var noGradient = no_grad();
        Assert.True(InferenceLayout.Enter(images, suits: false, ScalarType.Float32).is_contiguous());
        Assert.True(InferenceLayout.Enter(images, suits: true, ScalarType.BFloat16).is_contiguous());
    }

    [Fact]
    public void A_networks_input_is_still_owned_by_the_caller()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var images = Drawn.Normal(1, 2, 5, 4, 3);
        InferenceLayout.Enter(images, suits: false, ScalarType.Float32).Dispose();

        Assert.False(images.IsInvalid);
    }

    [Theory]
    [InlineData(64, 64, 3, 1, true)]
    [InlineData(3, 64, 3, 1, false)]
    [InlineData(64, 64, 1, 1, false)]
    [InlineData(64, 64, 3, 2, false)]
    public void A_network_is_suitable_if_one_of_its_convolutions_can_be_fast(int inChannels, int outChannels, int kernel, int stride, bool suits)
    {
        using var network = nn.Sequential(
            new ImageConvolution(3, 8, kernel: 3, padding: 1), new ImageConvolution(inChannels, outChannels, kernel, stride, padding: kernel / 2));

        Assert.Equal(suits && WinogradConvolution.IsSupported, InferenceLayout.Suits(network));
    }
}
