using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tests.Models.Perceptual;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

/// <summary>Training with the whole objective: pixels, a perceptual distance, a discriminator and the term of the latents.</summary>
public sealed class FirstStageTrainingTests : IDisposable
{
    private static readonly string[] OfKl = ["reconstruction", "perceptual", "kullback-leibler", "adversarial"];
    private static readonly string[] OfVq = ["reconstruction", "perceptual", "codebook", "adversarial"];
    private static readonly string[] OfTiny = ["reconstruction", "perceptual", "adversarial"];
    private static readonly AdversarialTrainingOptions Opponent = new() { StartStep = 2, Channels = 4, Layers = 1 };

    private readonly PerceptualFilesOfTests files = new();
    private readonly PerceptualModel perceptual;

    public FirstStageTrainingTests() => perceptual = files.Small();

    private AutoencoderTrainingOptions Whole =>
        new()
        {
            Steps = 4, BatchSize = 4, LearningRate = 2e-3, Decay = LearningRateDecay.None, PerceptualModel = perceptual, Adversarial = Opponent,
        };

    public void Dispose()
    {
        perceptual.Dispose();
        files.Dispose();
    }

    [Theory]
    [InlineData("kl")]
    [InlineData("vq")]
    [InlineData("tiny")]
    public void Every_kind_takes_every_term_and_reports_it(string kind)
    {
        using var model = Create(kind);
        var steps = Reports(model, Whole);
        var names = kind switch { "kl" => OfKl, "vq" => OfVq, _ => OfTiny };

        Assert.All(steps.Take(2), step => Assert.Equal(names[..^1], step.Terms.Select(term => term.Name)));
        Assert.All(steps.Skip(2), step => Assert.Equal(names, step.Terms.Select(term => term.Name)));
        Assert.All(steps, step => Assert.Equal(step.Loss, step.Terms.Sum(term => term.Value * term.Weight), Math.Abs(step.Loss) * 1e-6));
        Assert.All(steps, step => Assert.Equal(step.Loss, step.Logged["total_loss"]));
        Assert.Equal([false, false, true, true], steps.Select(step => step.Discriminator is not null));
        Assert.Equal([0, 0, 1, 1], steps.Select(step => step.Logged["disc_factor"]));
        Assert.All(steps.Skip(2), step => Assert.Equal(step.Logged["d_weight"], step.Terms[^1].Weight));
        Assert.All(steps, step => Assert.True(step.Logged["p_loss"] > 0));
    }

    [Theory]
    [InlineData("kl")]
    [InlineData("vq")]
    public void The_same_seed_gives_the_same_weights(string kind)
    {
        Assert.Equal(Trained(kind, Whole), Trained(kind, Whole));
        Assert.NotEqual(Trained(kind, Whole), Trained(kind, Whole with { Seed = 1 }));
    }

    [Fact]
    public void Before_its_start_a_discriminator_has_no_effect()
    {
        Assert.Equal(Trained("kl", Whole with { Steps = 2, Adversarial = null }), Trained("kl", Whole with { Steps = 2 }));
        Assert.NotEqual(Trained("kl", Whole with { Steps = 3, Adversarial = null }), Trained("kl", Whole with { Steps = 3 }));
        Assert.Equal(
            Trained("kl", Whole with { Steps = 2 }),
            Trained("kl", Whole with { Steps = 2, Adversarial = Opponent with { ObserveBeforeStart = true } }));
    }

    [Theory]
    [InlineData(DiscriminatorNormalization.ActNorm)]
    [InlineData(DiscriminatorNormalization.Group)]
    public void Every_normalisation_of_a_discriminator_trains(DiscriminatorNormalization normalization)
    {
        using var model = TinyModels.Kl();
        var steps = Reports(model, Whole with { Adversarial = Opponent with { Normalization = normalization, StartStep = 0 } });
        Assert.All(steps, step => Assert.True(double.IsFinite(step.Discriminator!.Value.Value)));
    }

    [Fact]
    public void A_discriminator_learns_to_tell_images_from_reconstructions()
    {
        using var model = TinyModels.Kl();
        var learning = Opponent with { StartStep = 0, LearningRate = 1e-2 };
        var steps = Reports(model, Whole with { Steps = 20, LearningRate = 1e-5, PerceptualModel = null, Adversarial = learning });
        Assert.True(
            steps[^1].Logged["disc_loss"] < 0.5 * steps[0].Logged["disc_loss"], $"{steps[0].Logged["disc_loss"]} to {steps[^1].Logged["disc_loss"]}");
        Assert.True(steps[^1].Logged["logits_real"] > steps[^1].Logged["logits_fake"] + 0.5);
    }

    [Fact]
    public void A_perceptual_term_lowers_its_distance_and_does_not_change_its_network()
    {
        using var model = TinyModels.Kl();
        using var images = PerceptualFilesOfTests.Images(1, 2, 3, 16, 16);
        using var others = PerceptualFilesOfTests.Images(2, 2, 3, 16, 16);
        using var before = perceptual.Distance(images, others, LdmMl.Torch.Tensors.PixelRange.ZeroToOne);
        var steps = Reports(model, Whole with { Steps = 20, LearningRate = 4e-3, Adversarial = null });
        using var after = perceptual.Distance(images, others, LdmMl.Torch.Tensors.PixelRange.ZeroToOne);

        Assert.True(steps.TakeLast(3).Average(step => step.Logged["p_loss"]) < 0.85 * steps[0].Logged["p_loss"]);
        Assert.True(before.equal(after).all().item<bool>());
    }

    [Fact]
    public void A_learned_variance_changes_and_a_fixed_one_does_not()
    {
        using var model = TinyModels.Kl();
        using var other = TinyModels.Kl();
        var learned = Reports(model, Whole with { LogVariance = 0.5, LearnLogVariance = true, WeightDecay = 0.1 });
        var still = Reports(other, Whole with { LogVariance = 0.5 });

        Assert.Equal(0.5, learned[0].Logged["logvar"]);
        Assert.NotEqual(learned[1].Logged["logvar"], learned[3].Logged["logvar"]);
        Assert.All(still, step => Assert.Equal(0.5, step.Logged["logvar"]));
    }

    [Fact]
    public void Steps_leak_no_tensor_and_neither_does_the_training()
    {
        foreach (var kind in new[] { "kl", "vq", "tiny" })
        {
            using var model = Create(kind);
            var options = Whole with { Steps = 6, LearnLogVariance = kind != "vq" };
            Reports(model, options);
            var before = LiveTensors();
            var during = new List<long>();
            new AutoencoderTrainer(model, options).Train(new ToyImages(8), progress: new Steps(_ => during.Add(LiveTensors()))).Dispose();

            Assert.Single(during.Skip(3).Distinct());
            Assert.Equal(before, LiveTensors());
        }
    }

    [Fact]
    public void The_model_contains_neither_discriminator_nor_trunk()
    {
        using var model = TinyModels.Kl();
        var keys = model.Network.state_dict().Keys.ToArray();
        using var result = new AutoencoderTrainer(model, Whole).Train(new ToyImages(8));
        Assert.Equal(keys, result.Model.Network.state_dict().Keys);
    }

    [Fact]
    public void A_discriminator_that_explodes_is_named()
    {
        using var model = TinyModels.Kl();
        var trainer = new AutoencoderTrainer(model, Whole with { Steps = 30, Adversarial = Opponent with { StartStep = 0, LearningRate = 1e30 } });
        var error = Assert.Throws<TrainingDivergedException>(() => trainer.Train(new ToyImages(8)));

        Assert.StartsWith("discriminator.main.", error.Module, StringComparison.Ordinal);
        Assert.Equal(
            $"Training stopped at step {error.Step}: the discriminator's module '{error.Module!["discriminator.".Length..]}' was the first " +
            "to output NaN or infinity. Lower the discriminator's learning rate, let it start later, or clip its gradients.",
            error.Message);
        Assert.All(model.Network.parameters(), parameter => Assert.True(parameter.isfinite().all().item<bool>()));
    }

    private static long LiveTensors() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private static List<TrainingStep> Reports(AutoencoderModel model, AutoencoderTrainingOptions options)
    {
        var steps = new List<TrainingStep>();
        new AutoencoderTrainer(model, options).Train(new ToyImages(8), progress: new Steps(steps.Add)).Dispose();
        return steps;
    }

    private static string Trained(string kind, AutoencoderTrainingOptions options)
    {
        using var model = Create(kind);
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(8));
        return TinyModels.Fingerprint(result.Model);
    }

    private static AutoencoderModel Create(string kind) => kind switch
    {
        "kl" => TinyModels.Kl(),
        "vq" => TinyModels.Vq(),
        _ => AutoencoderModel.Create(new TinyAutoencoderConfig { Width = 8 }, seed: 1),
    };
}
