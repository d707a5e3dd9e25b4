using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Generation;
using LdmMl.Torch.Tests.Models.Autoencoders;
using LdmMl.Torch.Tests.Models.Features;
using LdmMl.Torch.Tests.Models.Perceptual;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Sharing;

/// <summary>Every model passes its convolution mode from handle to handle, and uses it.</summary>
public sealed class ConvolutionHandlesTests : IDisposable
{
    private readonly PerceptualFilesOfTests files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Handles_of_an_autoencoder_keep_the_mode_and_share_the_weights()
    {
        using var model = SmallModels.Create("kl");
        using var exact = model.With(ConvolutionMode.Exact);
        using var shared = exact.Share();
        using var scaled = exact.WithLatentScale(0.5);
        using var same = exact.To(CPU, ModelPrecision.Float32);
        using var converted = exact.To(CPU, ModelPrecision.BFloat16);

        Assert.Equal(ConvolutionMode.Auto, model.Convolutions);
        Assert.All([exact, shared, scaled, same, converted], handle => Assert.Equal(ConvolutionMode.Exact, handle.Convolutions));
        Assert.All([exact, shared, scaled, same], handle => Assert.Same(model.Network, handle.Network));
    }

    [Fact]
    public void Handles_of_a_perceptual_model_keep_the_mode_and_share_the_weights()
    {
        using var lpips = files.Lpips(PerceptualTrunkConfig.SqueezeNet);
        using var small = files.Small();
        foreach (var model in new PerceptualModel[] { lpips, small })
        {
            using var direct = model.With(ConvolutionMode.Direct);
            using var shared = direct.Share();
            using var converted = direct.To(CPU, ModelPrecision.BFloat16);

            Assert.Equal(ConvolutionMode.Auto, model.Convolutions);
            Assert.All([direct, shared, converted], handle => Assert.Equal(ConvolutionMode.Direct, handle.Convolutions));
            Assert.Same(model.Network, shared.Network);
            Assert.Equal(model.GetType(), shared.GetType());
        }
    }

    [Fact]
    public void Handles_of_a_feature_model_keep_the_mode()
    {
        using var inception = new RandomInception();
        using var perceptual = files.Small();
        using var exactTrunk = perceptual.With(ConvolutionMode.Exact);
        using var features = PerceptualFeatureModel.Create(exactTrunk);
        using var other = inception.Model.With(ConvolutionMode.Exact);
        using var shared = other.Share();
        using var moved = other.To(CPU);

        Assert.Equal(ConvolutionMode.Auto, inception.Model.Convolutions);
        Assert.All([other, shared, moved, features], handle => Assert.Equal(ConvolutionMode.Exact, handle.Convolutions));
        Assert.Equal(inception.Model.Fingerprint, other.Fingerprint);
    }

    [Fact]
    public void Handles_of_a_whole_model_keep_one_mode_for_the_network_and_its_first_stage()
    {
        using var model = SmallDiffusion.Create();
        using var exact = model.With(ConvolutionMode.Exact);
        using var shared = exact.Share();
        using var converted = exact.To(CPU, ModelPrecision.BFloat16);
        using var first = AutoencoderModel.Create(SmallDiffusion.FirstStage, seed: 1);
        using var direct = first.With(ConvolutionMode.Direct);
        using var made = LatentDiffusionModel.Create(direct, model.Config, seed: 1);

        Assert.Equal((ConvolutionMode.Auto, ConvolutionMode.Auto), (model.Convolutions, model.Autoencoder.Convolutions));
        Assert.All(
            [exact, shared, converted], handle => Assert.Equal((ConvolutionMode.Exact, ConvolutionMode.Exact), (handle.Convolutions, handle.Autoencoder.Convolutions)));
        Assert.Equal((ConvolutionMode.Direct, ConvolutionMode.Direct), (made.Convolutions, made.Autoencoder.Convolutions));
        Assert.Same(model.Network, shared.Network);
    }

    [Fact]
    public void A_mode_that_does_not_exist_is_refused()
    {
        using var autoencoder = SmallModels.Create("tiny");
        using var perceptual = files.Small();
        using var features = PerceptualFeatureModel.Create(perceptual);
        using var diffusion = SmallDiffusion.Create();
        Action<ConvolutionMode>[] doors =
        [
            mode => autoencoder.With(mode), mode => perceptual.With(mode), mode => features.With(mode), mode => diffusion.With(mode),
            mode => autoencoder.TransformedWeightBytes(mode), mode => diffusion.TransformedWeightBytes(mode),
        ];

        Assert.All(doors, door =>
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => door((ConvolutionMode)7));
            Assert.Equal("convolutions", error.ParamName);
            Assert.StartsWith("There is no such convolution mode; use Auto, Exact or Direct.", error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_disposed_handle_cannot_be_shared()
    {
        var model = SmallModels.Create("tiny");
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.With(ConvolutionMode.Exact));
    }

    [Theory]
    [InlineData(ConvolutionMode.Auto)]
    [InlineData(ConvolutionMode.Exact)]
    [InlineData(ConvolutionMode.Direct)]
    public void Every_call_of_every_model_uses_the_mode_of_its_handle_and_nothing_else_does(ConvolutionMode mode)
    {
        using var scope = NewDisposeScope();
        using AutoencoderModel kl = SmallModels.Create("kl"), autoencoder = kl.With(mode);
        using PerceptualModel lpips = files.Lpips(PerceptualTrunkConfig.SqueezeNet), perceptual = lpips.With(mode);   // plain trunks have fused operations without hooks
        using var inception = new RandomInception();
        using var features = inception.Model.With(mode);
        using LatentDiffusionModel made = SmallDiffusion.Create("inpainting"), diffusion = made.With(mode);
        var images = SmallModels.Images(1, 32, 32);

        Assert.Equal([mode], Seen(autoencoder.Network, () => autoencoder.Reconstruct(images)));
        Assert.Equal([mode], Seen(autoencoder.Network, () => autoencoder.Encode(images, zeros(1, 4, 16, 16))));
        Assert.Equal([mode], Seen(autoencoder.Network, () => autoencoder.EncodePosterior(images)));
        Assert.Equal([mode], Seen(perceptual.Network, () => perceptual.Distance(images, images, PixelRange.ZeroToOne)));
        Assert.Equal([mode], Seen(perceptual.Network, () =>
            perceptual.Distance(perceptual.Features(images, PixelRange.ZeroToOne), images, PixelRange.ZeroToOne)));
        Assert.Equal([mode], Seen(inception.Model.Network, () => features.Features(images, PixelRange.ZeroToOne)));
        Assert.Equal([mode], Seen(diffusion.Network, () => diffusion.Generate(SmallDiffusion.Batch(diffusion.Config, 1))));
        Assert.Equal([mode], Seen(diffusion.Autoencoder.Network, () => diffusion.Generate(SmallDiffusion.Batch(diffusion.Config, 1))));
        Assert.Equal(ConvolutionMode.Direct, ConvolutionScope.Current);
    }

    [Fact]
    public void A_distance_with_gradients_convolves_both_sides_in_the_mode_of_its_handle()
    {
        using var scope = NewDisposeScope();
        using var model = files.Small();
        var (images, others) = (SmallModels.Images(1, 16, 16), SmallModels.Images(1, 16, 16).requires_grad_());

        foreach (var mode in Enum.GetValues<ConvolutionMode>())
        {
            using var handle = model.With(mode);
            Assert.Equal([mode], Seen(handle.Network, () => handle.Distance(images, others, PixelRange.ZeroToOne)));
        }
    }

    private static ConvolutionMode[] Seen(nn.Module network, Action run)
    {
        var seen = new HashSet<ConvolutionMode>();
        var hooks = network.modules().OfType<nn.Module<Tensor, Tensor>>().Select(module => module.register_forward_hook((_, _, output) =>
        {
            seen.Add(ConvolutionScope.Current);
            return output;
        })).ToArray();
        run();
        Array.ForEach(hooks, hook => hook.remove());
        return [.. seen];
    }
}
