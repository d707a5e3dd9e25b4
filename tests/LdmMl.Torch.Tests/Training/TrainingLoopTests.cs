using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training;

/// <summary>What both trainers have in common: accumulation, the best weights, early stopping, the history.</summary>
public sealed class TrainingLoopTests : IDisposable
{
    private static readonly AutoencoderTrainingOptions Short = new()
    {
        Steps = 6, BatchSize = 4, LearningRate = 2e-3, WarmupSteps = 0, Decay = LearningRateDecay.None, ValidationInterval = 1,
    };

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void Two_accumulated_batches_equal_one_of_twice_the_size()
    {
        var (one, two) = (Losses(Short with { BatchSize = 8 }), Losses(Short with { AccumulatedBatches = 2 }));
        Assert.Equal(6, two.Length);
        Assert.All(one.Zip(two), pair => Assert.Equal(pair.First, pair.Second, pair.First * 1e-3));
    }

    [Fact]
    public void Accumulation_averages_every_term_and_keeps_the_sum()
    {
        using var model = TinyModels.Kl();
        var steps = new List<TrainingStep>();
        var options = Short with { AccumulatedBatches = 3, Adversarial = new() { StartStep = 2, Channels = 4, Layers = 1 } };
        new AutoencoderTrainer(model, options).Train(new ToyImages(8), progress: new Steps(steps.Add)).Dispose();

        Assert.All(steps, step => Assert.Equal(step.Loss, step.Terms.Sum(term => term.Weighted), Math.Abs(step.Loss) * 1e-6));
        Assert.Equal([false, false, true, true, true, true], steps.Select(step => step.Discriminator is not null));
        Assert.Equal([2, 3, 5, 6, 8, 9], steps.Select(step => step.Epoch));
    }

    [Fact]
    public void An_epoch_of_accumulated_batches_has_fewer_steps()
    {
        Assert.Equal(9, (Short with { Steps = null, Epochs = 3, BatchSize = 4 }).StepsFor(10));
        Assert.Equal(5, (Short with { Steps = null, Epochs = 3, BatchSize = 4, AccumulatedBatches = 2 }).StepsFor(10));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.5)]
    public void The_trained_model_has_the_weights_of_the_best_validation(double? emaDecay)
    {
        using var model = TinyModels.Kl();
        using var other = TinyModels.Kl();
        var options = Short with { KeepBest = true, EmaDecay = emaDecay };
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(8), new WorseningImages(3));
        using var first = new AutoencoderTrainer(other, options with { KeepBest = false, Steps = 1 }).Train(new ToyImages(8));

        Assert.Equal(6, result.Steps);
        Assert.Equal(TinyModels.Fingerprint(first.Model), TinyModels.Fingerprint(result.Model));
    }

    [Fact]
    public void A_validation_without_improvement_ends_the_training()
    {
        var options = Short with { Steps = 50, LearningRate = 1e-30, Patience = 3, StateFolder = Path.Combine(temporary.Path, "state") };
        using var model = TinyModels.Kl();
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(8), new ToyImages(3));
        using var again = new AutoencoderTrainer(model, options with { Resume = true }).Train(new ToyImages(8), new ToyImages(3));

        Assert.Equal((TrainingOutcome.StoppedEarly, 4), (result.Outcome, result.Steps));
        Assert.Equal((TrainingOutcome.StoppedEarly, 4, 4), (again.Outcome, again.Steps, again.StepsBefore));
    }

    [Fact]
    public void A_diffusion_model_stops_early_and_keeps_the_best_weights_too()
    {
        using var autoencoder = TinyModels.Kl();
        var options = new DiffusionTrainingOptions
        {
            UNet = TinyModels.UNetConfig, Steps = 50, BatchSize = 4, LearningRate = 1e-30, WeightDecay = 0, ValidationInterval = 2, Patience = 1,
            KeepBest = true, AccumulatedBatches = 2,
        };
        using var result = new DiffusionTrainer(autoencoder, options).Train(new ToyImages(8), new ToyImages(3));
        Assert.Equal((TrainingOutcome.StoppedEarly, 4), (result.Outcome, result.Steps));
    }

    [Fact]
    public void The_history_has_the_first_and_the_last_step_every_interval_and_every_validation()
    {
        using var model = TinyModels.Kl();
        var options = Short with { Steps = 11, HistoryInterval = 5, ValidationInterval = 7 };
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(8), new ToyImages(3));
        using var silent = new AutoencoderTrainer(model, options with { Steps = 12 }).Train(new ToyImages(8));

        Assert.Equal([1, 5, 7, 10, 11], result.History.Select(step => step.Step));
        Assert.Equal([1, 5, 10, 12], silent.History.Select(step => step.Step));
    }

    [Fact]
    public void Best_weights_and_early_stopping_need_validation_images()
    {
        using var model = TinyModels.Kl();
        string Refusal(AutoencoderTrainingOptions options) =>
            Assert.Throws<OptionException>(() => new AutoencoderTrainer(model, options).Train(new ToyImages(8))).Message;

        Assert.Equal("KeepBest is True; it needs validation images.", Refusal(Short with { KeepBest = true }));
        Assert.Equal("Patience is 2; it needs validation images.", Refusal(Short with { Patience = 2 }));
    }

    // Without noise and normalisation over the batch, so that only the sum over images matters.
    private static double[] Losses(AutoencoderTrainingOptions options)
    {
        using var model = AutoencoderModel.Create(new TinyAutoencoderConfig { Width = 8 }, seed: 1);
        var losses = new List<double>();
        new AutoencoderTrainer(model, options).Train(new ToyImages(8), progress: new Steps(step => losses.Add(step.Loss))).Dispose();
        return [.. losses];
    }

    // Toy images when they are read for the first time, and noise afterwards, which no network can reconstruct as well.
    private sealed class WorseningImages(int count) : IImageSet
    {
        private readonly ToyImages images = new(count);
        private readonly Random random = new(1);
        private int reads;

        public int Count => images.Count;

        public int Channels => images.Channels;

        public int Height => images.Height;

        public int Width => images.Width;

        public void Read(int index, PixelRange range, Span<float> planes)
        {
            images.Read(index, range, planes);
            if (reads++ < count)
                return;
            foreach (ref var value in planes)
                value = random.Next(2);
        }
    }
}
