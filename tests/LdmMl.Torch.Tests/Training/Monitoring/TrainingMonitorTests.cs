using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using LdmMl.Torch.Training.Monitoring;
using Kind = LdmMl.Torch.Training.TrainingVerdictKind;

namespace LdmMl.Torch.Tests.Training.Monitoring;

/// <summary>Every problem is provoked on purpose in a separate training; trainings that go well give no verdict.</summary>
public sealed class TrainingMonitorTests : IDisposable
{
    private const int Side = 8;

    // The thresholds of the monitor are the default ones; it only looks back less far.
    private static readonly MonitorPace Fast = new() { Window = 10, FirstSteps = 40, QuietSteps = 50, ScaleWindow = 30, ShortWindow = 4 };

    private static readonly AutoencoderTrainingOptions Plain = new()
    {
        Steps = Fast.FirstSteps, BatchSize = 4, WarmupSteps = 0, Decay = LearningRateDecay.None, MonitorPace = Fast,
    };

    private static readonly DiffusionTrainingOptions PlainDiffusion = new()
    {
        UNet = TinyModels.UNetConfig, Steps = Fast.FirstSteps, BatchSize = 4, LearningRate = 5e-4, MonitorPace = Fast,
    };

    private static readonly AutoencoderTrainingOptions Long = Plain with { Steps = 300, MonitorPace = MonitorPace.Usual };

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void A_KL_autoencoder_that_learns_well_gives_no_verdict() => Assert.Empty(Verdicts(Long));

    [Fact]
    public void A_VQ_autoencoder_that_learns_well_gives_no_verdict()
    {
        using var model = TinyModels.Vq();
        Assert.Empty(Verdicts(Long, model));
    }

    [Fact]
    public void A_diffusion_model_that_learns_well_gives_no_verdict() => Assert.Empty(DiffusionVerdicts(PlainDiffusion with { Steps = 300, MonitorPace = MonitorPace.Usual }));

    [Theory]
    [InlineData(1e-12, "The learning rate 1E-12 is low for 4 images per step: usual rates are 3.6E-06 for large networks to 0.005 for tiny ones.")]
    [InlineData(0.5, "The learning rate 0.5 is high for 4 images per step: usual rates are 3.6E-06 for large networks to 0.005 for tiny ones.")]
    public void An_unusual_learning_rate_is_reported_after_the_first_step(double rate, string sentence) => Assert.Equal(
        new TrainingVerdict(Kind.LearningRateUnusual, 1, sentence), Assert.Single(Verdicts(Plain with { Steps = 3, LearningRate = rate })));

    [Fact]
    public void The_usual_learning_rate_grows_with_the_square_root_of_the_images_per_step()
    {
        var options = PlainDiffusion with { Steps = 1, LearningRate = 5e-3 };

        Assert.Equal("The learning rate 0.005 is high for 4 images per step: usual rates are 8E-07 for large networks to 0.001 for tiny ones.",
            Assert.Single(DiffusionVerdicts(options)).Sentence);
        Assert.Empty(DiffusionVerdicts(options with { BatchSize = 64, AccumulatedBatches = 4 }));
    }

    [Fact]
    public void A_loss_that_does_not_fall_is_reported()
    {
        var verdict = Single(Verdicts(Plain with { LearningRate = 1e-9 }), Kind.LossNotFalling);

        Assert.Equal(Fast.FirstSteps, verdict.Step);
        Assert.Matches(
            @"^The loss does not fall: after 40 steps the error is 0\.\d+, compared with 0\.\d+ for images of one colour\. "
            + @"The learning rate \(now 1E-09\) is too low or far too high, or the data does not fit the network\.$", verdict.Sentence);
        Single(DiffusionVerdicts(PlainDiffusion with { LearningRate = 1e-9 }), Kind.LossNotFalling);
    }

    [Fact]
    public void Channels_without_information_are_reported()
    {
        var verdict = Single(Verdicts(Plain with { KullbackLeiblerWeight = 100 }), Kind.PosteriorCollapsed);
        Assert.Matches(
            @"^Channels 0, 1 of 2 \(from 0\) of the latents carry no information: the posteriors are at most \S+ nats per value from the standard normal\. "
            + @"Lower the weight of the Kullback-Leibler term \(now 100\), or use fewer latent channels\.$", verdict.Sentence);
    }

    [Fact]
    public void A_codebook_that_is_mostly_unused_is_reported()
    {
        using var model = AutoencoderModel.Create((VqAutoencoderConfig)VqConfig with { CodebookSize = 1024 }, seed: 1);
        var verdict = Single(Verdicts(Plain, model), Kind.DeadCodes);
        Assert.Matches(@"^\d+ of the 1024 entries of the codebook are hardly used: ", verdict.Sentence);
    }

    [Fact]
    public void Exploding_gradients_are_reported()
    {
        const int Change = 20;
        var options = Plain with { Steps = Change + 10, ReconstructionError = ReconstructionError.Squared };
        using var model = TinyModels.Kl();
        var verdict = Single(Verdicts(options, model, new ChangingImages(options.BatchSize * Change)), Kind.GradientsExploding);

        Assert.InRange(verdict.Step, Change + 1, Change + 8);
        Assert.Matches(
            @"^The gradients' norm is \S+, \d+ times what it was\. Lower the learning rate \(now \S+\), or clip the gradients by norm\.$",
            verdict.Sentence);
    }

    [Fact]
    public void Latents_whose_deviation_keeps_growing_are_reported()
    {
        // A learning rate that keeps rising, and nothing that restrains the posteriors.
        var options = Plain with { Steps = 2 * Fast.ScaleWindow, LearningRate = 2e-2, WarmupSteps = 2 * Fast.ScaleWindow, KullbackLeiblerWeight = 0 };
        var verdict = Single(Verdicts(options), Kind.LatentScaleDrifting);

        Assert.Equal(2 * Fast.ScaleWindow, verdict.Step);
        Assert.Matches(
            @"^The latents' standard deviation went from \S+ to \S+ within 30 steps; by now it should have settled\. Raise the weight of the Kullback-Leibler or codebook "
            + "term, or lower the learning rate\\.$", verdict.Sentence);
    }

    [Fact]
    public void Latents_without_unit_deviation_are_reported()
    {
        using var scaled = TinyModels.Kl();
        using var autoencoder = scaled.WithLatentScale(scaled.Config.LatentScale * 100);
        var options = PlainDiffusion with { Steps = Fast.ShortWindow, KeepLatentScale = true };
        var verdict = Single(DiffusionVerdicts(options, autoencoder), Kind.LatentScaleDrifting);
        Assert.Matches(@"^The latents have a standard deviation of \S+ instead of 1, so the noise schedule does not fit them\. ", verdict.Sentence);
    }

    [Fact]
    public void A_discriminator_that_wins_is_reported()
    {
        var options = Plain with { LearningRate = 1e-5, Adversarial = Opponent with { LearningRate = 5e-3 } };
        var verdict = Single(Verdicts(options), Kind.AdversaryTooStrong);
        Assert.Matches(
            @"^The discriminator wins: its logits are \d\S+ for images and -\d\S+ for reconstructions, beyond its margins of 1 and -1, so that its "
            + @"gradients are small\. Lower its learning rate, give it fewer channels, or let it start later\.$", verdict.Sentence);
    }

    [Fact]
    public void A_useless_discriminator_and_an_adaptive_weight_at_its_limit_are_reported()
    {
        var verdicts = Verdicts(Plain with
        {
            Steps = 200, ReconstructionWeight = 1e4, Adversarial = Opponent with { StartStep = 160, LearningRate = 1e-12 },
        });

        Assert.StartsWith("The discriminator cannot tell images from reconstructions: its logits are ", Single(verdicts, Kind.AdversaryUseless).Sentence, StringComparison.Ordinal);
        Assert.Matches(
            @"^The adaptive weight is at its limit of 5000 in \d+ % of the steps: ", Single(verdicts, Kind.AdaptiveWeightAtLimit).Sentence);
    }

    [Fact]
    public void Reconstructions_that_collapse_under_the_discriminator_are_reported()
    {
        var verdict = Single(Verdicts(Collapsing), Kind.ReconstructionCollapsed);
        Assert.Matches(
            @"^The reconstructions have collapsed under the discriminator: their error is 0\.\d+; the smallest was 0\.\d+\. Lower the weight of the "
            + @"adversarial term, or let the discriminator start later and gradually\.$", verdict.Sentence);
    }

    [Fact]
    public void A_lasting_problem_is_reported_again_and_every_verdict_is_in_the_history()
    {
        var options = Plain with { LearningRate = 1e-9, Steps = Fast.FirstSteps + Fast.QuietSteps, HistoryInterval = 10_000 };
        using var model = TinyModels.Kl();
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(16, Side));

        Assert.Equal(
            [Fast.FirstSteps, options.Steps!.Value],
            result.Verdicts.Where(verdict => verdict.Kind == Kind.LossNotFalling).Select(verdict => verdict.Step));
        Assert.Equal(result.Verdicts, result.History.SelectMany(step => step.Verdicts));
    }

    [Fact]
    public void The_memory_of_the_monitor_is_part_of_the_training_state()
    {
        var options = Plain with
        {
            LearningRate = 1e-9, Steps = Fast.FirstSteps + 5, Adversarial = Opponent, StateFolder = Path.Combine(temporary.Path, "state"),
        };
        var whole = Steps(options with { StateFolder = null });
        var before = Steps(options with { Steps = Fast.FirstSteps - 3 });
        var after = Steps(options with { Resume = true });

        Assert.Equal(
            whole.SelectMany(step => step.Verdicts), before.Concat(after).SelectMany(step => step.Verdicts));
        Assert.Contains(after.SelectMany(step => step.Verdicts), verdict => verdict.Kind == Kind.LossNotFalling);
    }

    [Fact]
    public void Signals_of_several_batches_are_averaged_and_codebook_uses_are_added()
    {
        var signals = StepSignals.Of(
        [
            new() { Error = 1, FlatError = 2, LatentDeviation = 1, ChannelDivergences = [1, 2], CodeUses = [3, 0] },
            new() { Error = 3, FlatError = 4, LatentDeviation = 2, ChannelDivergences = [3, 6], CodeUses = [1, 1] },
        ]);

        Assert.Equal((2, 3, 1.5), (signals.Error, signals.FlatError, signals.LatentDeviation));
        Assert.Equal([2, 4], signals.ChannelDivergences!);
        Assert.Equal([4, 1], signals.CodeUses!);
    }

    private static AutoencoderConfig VqConfig
    {
        get
        {
            using var model = TinyModels.Vq();
            return model.Config;
        }
    }

    private static AdversarialTrainingOptions Opponent => new() { StartStep = 0, Channels = 4, Layers = 1, LearningRate = null };

    // A discriminator whose losses weigh a hundred times as much as the image terms.
    private static AutoencoderTrainingOptions Collapsing => Plain with
    {
        Steps = 100, Adversarial = Opponent with { StartStep = 60, Weight = 100, LearningRate = 1e-3 },
    };

    private static TrainingVerdict Single(IEnumerable<TrainingVerdict> verdicts, Kind kind) =>
        Assert.Single(verdicts, verdict => verdict.Kind == kind);

    private static List<TrainingVerdict> Verdicts(AutoencoderTrainingOptions options, AutoencoderModel? given = null, IImageSet? images = null)
    {
        using var made = given is null ? TinyModels.Kl() : null;
        return Collect(steps => new AutoencoderTrainer(given ?? made!, options).Train(images ?? new ToyImages(16, Side), progress: steps));
    }

    private static List<TrainingVerdict> DiffusionVerdicts(DiffusionTrainingOptions options, AutoencoderModel? given = null)
    {
        using var made = given is null ? TinyModels.Kl() : null;
        return Collect(steps => new DiffusionTrainer(given ?? made!, options).Train(new ToyImages(16, Side), progress: steps));
    }

    private static List<TrainingVerdict> Collect(Func<Steps, IDisposable> train)
    {
        List<TrainingVerdict> verdicts = [];
        try
        {
            train(new Steps(step => verdicts.AddRange(step.Verdicts))).Dispose();
        }
        catch (TrainingDivergedException)                        // a provoked problem may end the training
        {
        }

        return verdicts;
    }

    private static List<TrainingStep> Steps(AutoencoderTrainingOptions options)
    {
        List<TrainingStep> steps = [];
        using var model = TinyModels.Kl();
        new AutoencoderTrainer(model, options).Train(new ToyImages(16, Side), progress: new Steps(steps.Add)).Dispose();
        return steps;
    }

    // Normal until so many have been read, and far outside their range after that.
    private sealed class ChangingImages(int readsUntilChange) : IImageSet
    {
        private readonly ToyImages images = new(16, Side);
        private int reads;

        public int Count => images.Count;

        public int Channels => images.Channels;

        public int Height => images.Height;

        public int Width => images.Width;

        public void Read(int index, PixelRange range, Span<float> planes)
        {
            images.Read(index, range, planes);
            if (reads++ < readsUntilChange)
                return;
            foreach (ref var value in planes)
                value *= 255;
        }
    }
}
