using LdmMl.Torch.Generation;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models;
using LdmMl.Torch.Tests.Models.Perceptual;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Sharing;

/// <summary>The memory of the transformed weights of fast convolutions.</summary>
public sealed class TransformedWeightsTests
{
    private const int Width = 64;

    // Its only convolutions that are worth transforming are those from 64 to 64 channels.
    private static readonly KlAutoencoderConfig Config = new()
    {
        BaseChannels = Width, ChannelMultipliers = [1], LatentChannels = 4, ResidualBlocks = 1, NormGroups = 32, MiddleAttention = false,
    };

    [Fact]
    public void Each_kernel_becomes_a_tile_of_36_values_in_auto_of_16_in_exact_and_none_in_direct()
    {
        using var model = AutoencoderModel.Create(Config, seed: 1);
        var kernels = Kernels(model.Network);

        Assert.True(kernels > 0);
        AssertTakes(kernels * 36, model.TransformedWeightBytes(ConvolutionMode.Auto));
        AssertTakes(kernels * 16, model.TransformedWeightBytes(ConvolutionMode.Exact));
        Assert.Equal(0, model.TransformedWeightBytes(ConvolutionMode.Direct));
    }

    [Fact]
    public void Wide_layers_keep_nothing()
    {
        const int Wide = 512;
        using var model = AutoencoderModel.Create(Config with { BaseChannels = Wide }, seed: 1);

        Assert.Equal(0, model.TransformedWeightBytes(ConvolutionMode.Auto));
    }

    [Fact]
    public void Nothing_is_transformed_in_half_precision()
    {
        using var model = AutoencoderModel.Create(Config, seed: 1);
        using var half = model.To(CPU, ModelPrecision.BFloat16);

        Assert.Equal(0, half.TransformedWeightBytes(ConvolutionMode.Auto));
    }

    [Fact]
    public void Both_networks_of_a_whole_model_are_counted()
    {
        using var first = AutoencoderModel.Create(Config, seed: 1);
        var unet = new UNetConfig { InputChannels = 4, OutputChannels = 4, BaseChannels = Width, ChannelMultipliers = [1], ResidualBlocks = 1 };
        using var model = LatentDiffusionModel.Create(first, new LatentDiffusionConfig { UNet = unet, LatentHeight = 8, LatentWidth = 8 }, seed: 1);
        var alone = first.TransformedWeightBytes(ConvolutionMode.Exact);

        // Skip connections double the input width on the U-Net's way up.
        var kernels = Kernels(model.Network) + Kernels(model.Network, 2 * Width);
        AssertTakes(kernels * 16, model.TransformedWeightBytes(ConvolutionMode.Exact) - alone);
    }

    [Fact]
    public void A_trunk_counts_the_same_as_a_feature_model()
    {
        using var files = new PerceptualFilesOfTests();
        using var model = PerceptualModel.LoadUncalibrated(files.Trunk(PerceptualTrunkConfig.Vgg([[Width, Width], [Width]])));
        using var features = PerceptualFeatureModel.Create(model);

        AssertTakes(2 * Width * Width * 36, model.TransformedWeightBytes(ConvolutionMode.Auto));
        Assert.Equal(model.TransformedWeightBytes(ConvolutionMode.Auto), features.TransformedWeightBytes(ConvolutionMode.Auto));
    }

    // Between the parts are gaps.
    private static void AssertTakes(long values, long bytes) =>
        Assert.InRange(bytes, WinogradConvolution.IsSupported ? values * sizeof(float) : 0, WinogradConvolution.IsSupported ? values * sizeof(float) * 1.02 : 0);

    private static long Kernels(nn.Module network, long inChannels = Width) =>
        network.state_dict().Values.Where(weight => weight.shape is [Width, var channels, 3, 3] && channels == inChannels).Sum(weight => Width * inChannels);
}
