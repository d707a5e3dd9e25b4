using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

public sealed class EquivarianceTests : IDisposable
{
    private static readonly EquivarianceTrainingOptions Always = new() { Probability = 1 };
    private readonly AutoencoderModel model = TinyModels.Kl();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Latents_are_turned_by_one_to_three_quarters_and_shrunk_to_every_smaller_size_down_to_a_quarter()
    {
        using var generator = new Generator(1, CPU);
        var changes = Enumerable.Range(0, 500).Select(_ => EquivariantChange.Draw(Always, 16, 32, smallest: 1, generator)!).ToList();

        Assert.All(changes, change => Assert.False(change.BeforeEncoding));
        Assert.All(changes, change => Assert.Equal(2 * change.Height, change.Width));
        Assert.Equal([1, 2, 3], changes.Select(change => change.Turns).Distinct().Order());
        Assert.Equal(Enumerable.Range(4, 12).Select(side => (long)side), changes.Select(change => change.Height).Distinct().Order());
    }

    [Fact]
    public void The_shares_are_those_of_the_options()
    {
        using var generator = new Generator(2, CPU);
        var options = new EquivarianceTrainingOptions { Probability = 0.5, SmallImageProbability = 0.25 };
        var changes = Enumerable.Range(0, 4000).Select(_ => EquivariantChange.Draw(options, 16, 16, smallest: 1, generator)).ToList();

        Assert.InRange(changes.Count(change => change is { BeforeEncoding: false }), 1900, 2100);
        Assert.InRange(changes.Count(change => change is { BeforeEncoding: true, Turns: 0 }), 430, 570);
    }

    [Fact]
    public void Nothing_becomes_smaller_than_the_loss_accepts()
    {
        using var generator = new Generator(3, CPU);
        var changes = Enumerable.Range(0, 100).Select(_ => EquivariantChange.Draw(Always, 16, 16, smallest: 14, generator)!).ToList();
        Assert.Equal([14, 15], changes.Select(change => change.Height).Distinct().Order());

        var fixedSize = EquivariantChange.Draw(Always, 16, 16, smallest: 40, generator)!;
        Assert.Equal((16, 16), (fixedSize.Height, fixedSize.Width));
    }

    [Fact]
    public void A_change_of_images_is_the_change_of_latents_at_the_scale_of_pixels()
    {
        using var scope = NewDisposeScope();
        var change = new EquivariantChange(4, 6, Turns: 1, BeforeEncoding: false);
        var pixel = arange(Whole(8 * 12), ScalarType.Float32).reshape(1, 1, 8, 12);
        var expected = nn.functional.interpolate(pixel, [4, 6], mode: InterpolationMode.Bilinear, align_corners: false).transpose(-1, -2).flip(-1);

        Assert.Equal(expected.data<float>().ToArray(), change.Apply(pixel).contiguous().data<float>().ToArray());
        Assert.Equal([1, 1, 24, 16], change.Apply(pixel, factor: 4).shape);
    }

    [Fact]
    public void The_pass_compares_changed_images_with_what_the_decoder_makes_of_changed_latents()
    {
        using var scope = NewDisposeScope();
        using var objective = new AutoencoderObjective(model, new AutoencoderTrainingOptions { Equivariance = Always });
        var images = rand(2, 3, 16, 16, generator: new Generator(4, CPU)) - Real(0.5);
        using var draw = objective.Draw(images, new Generator(5, CPU));
        using var pass = objective.Forward(images, draw);

        var network = (KlAutoencoder)model.Network;
        var latents = network.Encode(images).Sample(draw.Noise);
        Assert.Equal(Values(network.Decode(draw.Change!.Apply(latents))), Values(pass.Reconstructions));
        Assert.Equal(Values(draw.Change.Apply(images, model.Config.DownsampleFactor)), Values(pass.Images));
        Assert.Equal(pass.Images.shape, pass.Reconstructions.shape);
        Assert.NotEqual(images.shape, pass.Images.shape);
    }

    [Fact]
    public void Small_images_are_encoded_as_images_of_their_size()
    {
        using var scope = NewDisposeScope();
        var options = new AutoencoderTrainingOptions { Equivariance = new() { Probability = 1e-9, SmallImageProbability = 1 } };
        using var objective = new AutoencoderObjective(model, options);
        var images = rand(2, 3, 16, 16, generator: new Generator(4, CPU)) - Real(0.5);
        using var pass = objective.Forward(images, new Generator(6, CPU));

        Assert.Equal(pass.Images.shape, pass.Reconstructions.shape);
        Assert.Equal(pass.Images.shape[2] / model.Config.DownsampleFactor, pass.Posterior!.Mean.shape[2]);
        Assert.True(pass.Images.shape[2] < 16);
    }

    [Fact]
    public void Noise_alone_is_refused_with_the_method_to_call_instead()
    {
        using var scope = NewDisposeScope();
        using var objective = new AutoencoderObjective(model, new AutoencoderTrainingOptions { Equivariance = Always });
        var images = zeros(1, 3, 16, 16);
        var noise = objective.DrawNoise(images, new Generator(1, CPU));
        var error = Assert.Throws<InvalidOperationException>(() => objective.Forward(images, noise));
        Assert.Contains("call Forward with a generator", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kl", 16)]
    [InlineData("vq", 16)]
    [InlineData("tiny", 32)]
    public void Every_kind_trains_with_it_and_lowers_its_loss(string kind, int side)
    {
        using var network = kind switch { "vq" => TinyModels.Vq(), "tiny" => AutoencoderModel.Create(new TinyAutoencoderConfig { Width = 8 }, seed: 1), _ => TinyModels.Kl() };
        var options = new AutoencoderTrainingOptions
        {
            Steps = 30, BatchSize = 4, LearningRate = 3e-3, Equivariance = new(), Adversarial = new() { StartStep = 20, Channels = 4, Layers = 1 },
        };
        using var result = new AutoencoderTrainer(network, options).Train(new ToyImages(8, side));

        var errors = result.History.Select(step => step.Terms[0].Value).ToList();
        Assert.True(errors[^5..].Average() < errors[..5].Average(), string.Join(' ', errors));
    }

    [Theory]
    [InlineData(0, 0.5, 0.5, "Equivariance.Probability")]
    [InlineData(1.1, 0.5, 0.5, "Equivariance.Probability")]
    [InlineData(1, -0.1, 0.5, "Equivariance.SmallImageProbability")]
    [InlineData(1, 0.5, 1, "Equivariance.SmallestScale")]
    public void An_option_outside_its_range_is_refused_by_name(double probability, double small, double scale, string name)
    {
        var equivariance = new EquivarianceTrainingOptions { Probability = probability, SmallImageProbability = small, SmallestScale = scale };
        var error = Assert.ThrowsAny<ArgumentException>(() => new AutoencoderTrainer(model, new AutoencoderTrainingOptions { Equivariance = equivariance }));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private static float[] Values(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();
}
