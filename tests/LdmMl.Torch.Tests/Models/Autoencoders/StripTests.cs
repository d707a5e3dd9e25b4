using LdmMl.Torch.Layers;
using LdmMl.Torch.Layers.Rows;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

/// <summary>Images that are computed in strips of rows are equal to those that are computed as a whole.</summary>
public class StripTests
{
    // So short that maps of a test have many strips.
    private const long StripBytes = 1 << 14;

    private static readonly KlAutoencoderConfig Kl = new() { BaseChannels = 32, ChannelMultipliers = [1, 2, 2], LatentChannels = 4, ResidualBlocks = 1 };

    private static readonly Dictionary<string, AutoencoderConfig> Configs = new(SmallModels.Variants)
    {
        ["kl of whole vectors"] = Kl,
        ["kl of whole vectors, attention"] = Kl with { Resolution = 32, AttentionResolutions = [16] },
        ["taesd"] = TinyAutoencoderConfig.Taesd,
        ["taef2"] = TinyAutoencoderConfig.Taef2,
    };

    public static TheoryData<string, ConvolutionMode> Cases()
    {
        var data = new TheoryData<string, ConvolutionMode>();
        foreach (var name in Configs.Keys)
        {
            foreach (var mode in Enum.GetValues<ConvolutionMode>())
                data.Add(name, mode);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Strips_give_the_whole_image_within_rounding(string name, ConvolutionMode mode)
    {
        using var scope = NewDisposeScope();
        using var created = AutoencoderModel.Create(Configs[name], seed: 1);
        using var model = created.With(mode);
        foreach (var (height, width) in new[] { (24, 16), (8, 24) })
        {
            var images = Images(model, 2, height, width);
            var noiseless = model.Encode(images);
            var decoded = model.Decode(noiseless);
            foreach (var stored in new[] { 60_000L, long.MaxValue / 2 })
            {
                var (latents, result) = InStrips(model, images, noiseless, stored);
                AssertClose(noiseless, latents, 2e-5);
                AssertClose(decoded, result, 2e-5);
            }
        }
    }

    [Theory]
    [InlineData("kl of whole vectors", ConvolutionMode.Auto)]
    [InlineData("kl of whole vectors", ConvolutionMode.Exact)]
    [InlineData("kl of whole vectors, attention", ConvolutionMode.Auto)]
    [InlineData("kl of whole vectors, attention", ConvolutionMode.Exact)]
    [InlineData("taesd", ConvolutionMode.Auto)]
    [InlineData("taesd", ConvolutionMode.Exact)]
    public void Strips_of_whole_vectors_give_the_whole_image_to_the_last_bit(string name, ConvolutionMode mode)
    {
        using var scope = NewDisposeScope();
        using var created = AutoencoderModel.Create(Configs[name], seed: 1);
        using var model = created.With(mode);
        foreach (var (height, width) in new[] { (56, 40), (72, 104) })
        {
            var images = Images(model, 1, height, width);
            var latents = model.Encode(images);
            var (stripLatents, stripImages) = InStrips(model, images, latents, stored: 60_000);
            Assert.True(latents.equal(stripLatents).all().item<bool>());
            Assert.True(model.Decode(latents).equal(stripImages).all().item<bool>());
        }
    }

    [Fact]
    public void A_small_budget_gives_the_same_bits_and_rows_keep_theirs_in_a_batch()
    {
        using var scope = NewDisposeScope();
        var config = new KlAutoencoderConfig
        {
            BaseChannels = 64, ChannelMultipliers = [1, 2], LatentChannels = 4, ResidualBlocks = 1, MiddleAttention = false,
        };
        using var model = AutoencoderModel.Create(config, seed: 1);
        var latents = Noise(2, 4, 300, 400);
        Assert.Null(Plan(model, null).Strips);
        Assert.NotNull(Plan(model, 450L << 20).Strips);
        using var limited = model.WithMemoryBudget(450L << 20);
        var whole = model.Decode(latents.narrow(0, 1, 1));
        Assert.True(whole.equal(limited.Decode(latents).narrow(0, 1, 1)).all().item<bool>());

        static AutoencoderPlan Plan(AutoencoderModel of, long? budget) => AutoencoderPlan.Choose(of.Config, new ImageSize(800, 600), budget, () => 8L << 30);
    }

    [Fact]
    public void A_budget_that_not_even_strips_fit_in_is_refused_with_the_numbers()
    {
        using var model = AutoencoderModel.Create(SmallModels.Kl, seed: 1);
        using var limited = model.WithMemoryBudget(1 << 20);
        using var latents = zeros(1, 4, 512, 512);
        Assert.StartsWith(
            "An image of 1024x1024 takes about 0.5 GB of memory in the autoencoder, and 0.0 GB are free.",
            Assert.ThrowsAny<InvalidOperationException>(() => limited.Decode(latents)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.WithMemoryBudget(0));
        Assert.Equal(1 << 20, limited.MemoryBudget);
        using var shared = limited.With(ConvolutionMode.Direct);
        Assert.Equal(1 << 20, shared.MemoryBudget);
    }

    [Fact]
    public void Strips_leave_no_tensor_alive()
    {
        using var model = AutoencoderModel.Create(Kl, seed: 1);
        using var images = Images(model, 1, 40, 40);
        using var latents = model.Encode(images);
        InStripsAndDispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 3; i++)
            InStripsAndDispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        void InStripsAndDispose()
        {
            using var scope = NewDisposeScope();
            _ = InStrips(model, images, latents, stored: 50_000);
        }
    }

    private static (Tensor Latents, Tensor Images) InStrips(
        AutoencoderModel model, Tensor images, Tensor latents, long stored)
    {
        var forward = new AutoencoderForward(model.Handle.Network, model.Config, memoryBudget: null) { Strips = new RowMemory(stored, StripBytes) };
        return model.Handle.Hold(() => (forward.Encode(images, noise: null), forward.Decode(latents)));
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, tolerance);
    }

    private static Tensor Images(AutoencoderModel model, int count, int height, int width) => Noise(count, model.Config.ImageChannels, height, width).sigmoid_();

    private static Tensor Noise(params long[] shape)
    {
        using var generator = new Generator(5, CPU);
        return randn(shape, generator: generator);
    }
}
