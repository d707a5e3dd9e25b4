using LdmMl.Torch.Models.Discriminators;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Discriminators;

public class NLayerDiscriminatorTests
{
    private static readonly DiscriminatorNormalization[] Normalizations = Enum.GetValues<DiscriminatorNormalization>();

    [Fact]
    public void Keys_equal_the_references()
    {
        using var network = new NLayerDiscriminator(new() { Channels = 4, Layers = 2, Normalization = DiscriminatorNormalization.ActNorm });
        string[] expected =
        [
            "main.0.bias", "main.0.weight", "main.2.bias", "main.2.weight", "main.3.initialized", "main.3.loc", "main.3.scale",
            "main.5.bias", "main.5.weight", "main.6.initialized", "main.6.loc", "main.6.scale", "main.8.bias", "main.8.weight",
        ];
        Assert.Equal(expected, network.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Widths_double_up_to_eight_times()
    {
        using var network = new NLayerDiscriminator(new() { Channels = 2, Layers = 5 });
        var widths = network.named_parameters().Where(entry => entry.parameter.dim() == 4).Select(entry => entry.parameter.shape[0]);
        Assert.Equal([2, 4, 8, 16, 16, 16, 1], widths);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Its_smallest_image_leaves_one_logit(int layers)
    {
        using var scope = NewDisposeScope();
        var config = new NLayerDiscriminatorConfig { Channels = 4, Layers = layers };
        using var network = new NLayerDiscriminator(config);
        Assert.Equal([2, 1, 1, 1], network.call(zeros(2, 3, config.MinimumSize, config.MinimumSize)).shape);
    }

    [Fact]
    public void Weights_are_initialised_as_in_the_reference_and_only_from_the_seed()
    {
        using var network = new NLayerDiscriminator(seed: 5);
        using var again = new NLayerDiscriminator(seed: 5);
        using var other = new NLayerDiscriminator(seed: 6);
        var (kernel, scale) = (network.get_parameter("main.5.weight")!, network.get_parameter("main.9.weight")!);

        Assert.Equal((0.0, 0.02), Moments(kernel));              // 524,288 draws
        Assert.Equal(1.0, scale.mean().item<float>(), 5e-3);     // 512 draws
        Assert.Equal(0.02, scale.std().item<float>(), 3e-3);
        Assert.True(network.get_parameter("main.9.bias")!.eq(Whole(0)).all().item<bool>());
        Assert.True(kernel.equal(again.get_parameter("main.5.weight")!).all().item<bool>());
        Assert.False(kernel.equal(other.get_parameter("main.5.weight")!).all().item<bool>());

        static (double Mean, double Deviation) Moments(Tensor values) =>
            (Math.Round(values.mean().item<float>(), 4), Math.Round(values.std().item<float>(), 3));
    }

    [Fact]
    public void ActNorm_takes_its_first_training_batch_and_no_later_one()
    {
        using var scope = NewDisposeScope();
        using var network = new NLayerDiscriminator(new() { Channels = 4, Layers = 1, Normalization = DiscriminatorNormalization.ActNorm });
        using var random = new Generator(3, CPU);
        network.eval();
        network.call(randn([2, 3, 16, 16], generator: random));
        Assert.Equal(0, network.get_buffer("main.3.initialized")!.item<byte>());

        network.train();
        network.call(randn([2, 3, 16, 16], generator: random));
        var scale = network.get_parameter("main.3.scale")!.clone();
        network.call(randn([2, 3, 16, 16], generator: random) * Real(5));
        Assert.True(scale.equal(network.get_parameter("main.3.scale")!).all().item<bool>());
        Assert.False(scale.equal(ones_like(scale)).all().item<bool>());
    }

    [Fact]
    public void Group_norm_gives_an_image_the_same_logits_alone_and_in_a_batch()
    {
        using var scope = NewDisposeScope();
        using var network = new NLayerDiscriminator(new() { Channels = 12, Normalization = DiscriminatorNormalization.Group });
        using var random = new Generator(3, CPU);
        var images = randn([3, 3, 32, 32], generator: random);
        Assert.True(network.call(images).narrow(0, 1, 1).allclose(network.call(images.narrow(0, 1, 1)), rtol: 1e-4, atol: 1e-6));
    }

    [Fact]
    public void A_step_leaks_no_tensor()
    {
        foreach (var normalization in Normalizations)
        {
            using var network = new NLayerDiscriminator(new() { Channels = 4, Normalization = normalization });
            Step(network);
            var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            Step(network);
            Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }

        static void Step(NLayerDiscriminator network)
        {
            using (var images = ones(2, 3, 32, 32))
            using (var logits = network.call(images))
            using (var mean = logits.mean())
                mean.backward();
            network.zero_grad();
        }
    }

    [Fact]
    public void An_invalid_config_is_refused()
    {
        Assert.Equal("Layers is 0; it must be in [1, 8].", Refusal(new() { Layers = 0 }));
        Assert.Equal("Channels is 0; it must be at least 1.", Refusal(new() { Channels = 0 }));
        Assert.Equal(
            "Normalization is 7; it must be one of Batch, ActNorm, Group.",
            Refusal(new() { Normalization = (DiscriminatorNormalization)7 }));
    }

    [Fact]
    public void Unsuitable_images_are_refused()
    {
        using var scope = NewDisposeScope();
        using var network = new NLayerDiscriminator(new() { Channels = 4 });
        var small = Assert.Throws<ArgumentException>(() => network.call(zeros(2, 3, 64, 20))).Message;
        var grey = Assert.Throws<ArgumentException>(() => network.call(zeros(2, 1, 64, 64))).Message;

        Assert.StartsWith(
            "The images are 20x64; a discriminator of 3 layers needs at least 24x24. Use fewer layers or larger images.",
            small, StringComparison.Ordinal);
        Assert.StartsWith("Expected images [B, 3, H, W], got [2, 1, 64, 64].", grey, StringComparison.Ordinal);
    }

    private static string Refusal(NLayerDiscriminatorConfig config) =>
        Assert.Throws<LdmMl.Torch.Arguments.OptionException>(() => new NLayerDiscriminator(config)).Message;
}
