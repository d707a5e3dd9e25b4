using LdmMl.Torch.Generation;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Sharing;

/// <summary>Models that release their weights once these are transformed.</summary>
public sealed class OnlyTransformedWeightsTests
{
    private static readonly KlAutoencoderConfig Config = new()
    {
        BaseChannels = 64, ChannelMultipliers = [1, 2], LatentChannels = 4, ResidualBlocks = 1, NormGroups = 32, MiddleAttention = false,
    };

    [Theory]
    [InlineData(ConvolutionMode.Auto)]
    [InlineData(ConvolutionMode.Exact)]
    [InlineData(ConvolutionMode.Direct)]
    public void A_model_computes_the_same_without_its_weights(ConvolutionMode mode)
    {
        using var opened = AutoencoderModel.Create(Config, seed: 1);
        using var model = opened.With(mode);
        using var latents = Latents(32);
        using var before = model.Decode(latents);

        model.KeepOnlyTransformedWeights();
        using var after = model.Decode(latents);

        Assert.Equal(before.data<float>().ToArray(), after.data<float>().ToArray());
    }

    [Fact]
    public void Weights_not_used_before_are_released_at_their_first_use()
    {
        using var model = AutoencoderModel.Create(Config, seed: 1);
        var wide = model.Network.modules().OfType<ImageConvolution>().Where(layer => layer.CanBeFast && layer.Weight.shape is [64 or 128, 64 or 128, 3, 3]).ToList();
        model.KeepOnlyTransformedWeights();
        Assert.DoesNotContain(wide, IsLetGo);

        using var images = zeros(1, 3, 64, 64);
        using var latents = model.Encode(images);
        model.Decode(latents).Dispose();

        Assert.Equal(wide.Count > 0, wide.Exists(IsLetGo));
        Assert.All(wide, layer => Assert.Equal(IsLetGo(layer), layer.HasTransformed(WinogradTile.F2) || layer.HasTransformed(WinogradTile.F4)));
    }

    [Theory]
    [InlineData(8)]     // a small map, for which another tile would be chosen
    [InlineData(1)]
    [InlineData(3)]
    public void Every_image_size_is_computed_correctly(long side)
    {
        using var model = AutoencoderModel.Create(Config, seed: 1);
        using var direct = AutoencoderModel.Create(Config, seed: 1).With(ConvolutionMode.Direct);
        using var latents = Latents(side);
        model.KeepOnlyTransformedWeights();

        using var decoded = model.Decode(latents);
        using var expected = direct.Decode(latents);
        using var difference = (decoded - expected).abs().max();

        Assert.True(difference.item<float>() < 1e-5, $"differs by {difference.item<float>()}");   // F(4x4) through a dozen layers; pixels are around 1
    }

    [FastConvolutionsFact]
    public void Operations_that_need_the_weights_say_that_they_were_released()
    {
        using var opened = AutoencoderModel.Create(Config, seed: 1);
        using var other = opened.With(ConvolutionMode.Exact);
        opened.KeepOnlyTransformedWeights();
        using var latents = Latents(8);
        var target = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        const string Gone = "This model has only transformed weights left, because KeepOnlyTransformedWeights was called: "
            + "it can compute, but not be saved, converted, hashed or trained. Open its files again for that.";
        Assert.Equal(Gone, Assert.Throws<InvalidOperationException>(() => opened.Save(target)).Message);
        Assert.Equal(Gone, Assert.Throws<InvalidOperationException>(() => opened.To(CPU, ModelPrecision.BFloat16)).Message);
        Assert.Equal(Gone, Assert.Throws<InvalidOperationException>(opened.ComputeWeightHash).Message);
        const string OtherMode = "This model has only the transformed weights of mode Auto left; Exact needs others. Open its files again for that.";
        Assert.Equal(OtherMode, Assert.Throws<InvalidOperationException>(() => opened.With(ConvolutionMode.Exact)).Message);
        Assert.Equal(OtherMode, Assert.Throws<InvalidOperationException>(() => other.Decode(latents)).Message);
        Assert.False(Directory.Exists(target));
        opened.Share().Dispose();
    }

    [Fact]
    public async Task Weights_being_written_are_kept_until_then()
    {
        using var model = AutoencoderModel.Create(Config, seed: 1);
        using var images = zeros(1, 3, 64, 64);
        model.Encode(images).Dispose();                          // transformed weights are released at once
        using MemoryStream expected = new(), actual = new();
        model.Write(Stream.Null, expected);

        Task? letting = null;
        using var config = new WatchedStream(() =>
        {
            letting ??= Task.Run(model.KeepOnlyTransformedWeights);
            letting.Wait(TimeSpan.FromSeconds(0.5));             // enough if nothing delays it
        });
        model.Write(config, actual);
        await letting!;

        Assert.Equal(expected.ToArray(), actual.ToArray());
    }

    [FastConvolutionsFact]
    public void A_call_in_another_mode_does_not_continue_in_the_remaining_one()
    {
        using var model = AutoencoderModel.Create(Config, seed: 1);
        var network = new SharedNetwork(NetworkFactory.Build(Config), CPU, ModelPrecision.Float32);
        using var handle = new NetworkHandle(network, typeof(AutoencoderModel), ConvolutionMode.Direct);

        void Call() => handle.Hold(() =>
        {
            network.KeepOnlyTransformed(ConvolutionMode.Auto);
            NonFiniteSearch.Run(network, "decoding", [], () => ones(1)).Dispose();
        });

        Assert.Equal(
            "This model has only the transformed weights of mode Auto left; Direct needs others. Open its files again for that.",
            Assert.Throws<InvalidOperationException>(Call).Message);
    }

    [Fact]
    public void A_whole_diffusion_model_generates_without_its_weights()
    {
        using var first = AutoencoderModel.Create(Config, seed: 1);
        var unet = new UNetConfig { InputChannels = 4, OutputChannels = 4, BaseChannels = 64, ChannelMultipliers = [1], ResidualBlocks = 1 };
        using var model = LatentDiffusionModel.Create(first, new LatentDiffusionConfig { UNet = unet, LatentHeight = 16, LatentWidth = 16 }, seed: 1);
        var batch = new GenerationBatch { Seeds = [1, 2] };
        using var before = model.Generate(batch);

        model.KeepOnlyTransformedWeights();
        using var after = model.Generate(batch);

        Assert.Equal(before.data<float>().ToArray(), after.data<float>().ToArray());
        if (model.TransformedWeightBytes(ConvolutionMode.Auto) > 0)
            Assert.Throws<InvalidOperationException>(model.ComputeWeightHash);
    }

    /// <summary>A stream that signals when something is written to it.</summary>
    private sealed class WatchedStream(Action onWrite) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            onWrite();
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            onWrite();
            base.Write(buffer);
        }
    }

    private static bool IsLetGo(ImageConvolution layer) => layer.Weight.stride().All(stride => stride == 0);

    private static Tensor Latents(long side)
    {
        using var generator = new Generator(3, CPU);
        return randn([1, 4, side, side], generator: generator);
    }
}
