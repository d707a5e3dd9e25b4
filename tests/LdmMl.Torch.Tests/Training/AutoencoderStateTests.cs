using System.Text.Json;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tests.Checkpoints;
using LdmMl.Torch.Tests.Models.Perceptual;
using LdmMl.Torch.Training;
using TorchSharp;

namespace LdmMl.Torch.Tests.Training;

public sealed class AutoencoderStateTests : IDisposable
{
    private const int Whole = 8;

    private readonly TemporaryFolder temporary = new();
    private readonly PerceptualFilesOfTests files = new();
    private readonly AutoencoderTrainingOptions options;

    public AutoencoderStateTests() => options = new AutoencoderTrainingOptions
    {
        Steps = Whole, BatchSize = 4, LearningRate = 2e-3, WarmupSteps = 2, HorizontalFlips = true, EmaDecay = 0.9, WeightDecay = 0.01,
        StateFolder = Path.Combine(temporary.Path, "state"), SaveInterval = 3,
    };

    public static TheoryData<string, DiscriminatorNormalization?, int> Trainings => new()
    {
        { "kl", null, 1 }, { "vq", null, 3 }, { "tiny", null, 5 },
        { "kl", DiscriminatorNormalization.Batch, 5 }, { "vq", DiscriminatorNormalization.Group, 3 }, { "tiny", DiscriminatorNormalization.ActNorm, 5 },
        { "kl", DiscriminatorNormalization.ActNorm, 1 },
    };

    public void Dispose()
    {
        files.Dispose();
        temporary.Dispose();
    }

    [Theory]
    [MemberData(nameof(Trainings))]
    public void A_resumed_training_ends_with_the_same_weights_and_history(
        string kind, DiscriminatorNormalization? adversary, int stop)
    {
        using var perceptual = files.Small();
        var chosen = options with
        {
            LearnLogVariance = kind != "vq", PerceptualModel = perceptual, AccumulatedBatches = 2, KeepBest = true, ValidationInterval = 2,
            Adversarial = adversary is null ? null : new() { StartStep = 2, Channels = 4, Layers = 1, Normalization = adversary.Value },
        };
        var (expected, history) = Run(kind, chosen with { StateFolder = null });
        Interrupt(kind, chosen, stop);
        var (weights, resumed) = Run(kind, chosen with { Resume = true });

        Assert.Equal(expected, weights);
        Assert.Equal(history, resumed);
    }

    [Fact]
    public void A_finished_training_that_is_resumed_returns_its_model_at_once()
    {
        var (expected, history) = Run("kl", options);
        using var model = Create("kl");
        var steps = new List<TrainingStep>();
        using var again = new AutoencoderTrainer(model, options with { Resume = true }).Train(new ToyImages(9), progress: new Steps(steps.Add));

        Assert.Empty(steps);
        Assert.Equal((TrainingOutcome.Completed, Whole, Whole), (again.Outcome, again.Steps, again.StepsBefore));
        Assert.Equal(expected, TinyModels.Fingerprint(again.Model));
        Assert.Equal(history, Described(again));
    }

    [Fact]
    public void Fewer_steps_than_already_finished_are_refused()
    {
        Interrupt("kl", options with { Decay = LearningRateDecay.None }, 5);
        var error = Assert.Throws<OptionException>(() => Run("kl", options with { Decay = LearningRateDecay.None, Steps = 4, Resume = true }));
        Assert.Equal(
            $"Steps is 4; that is 4 steps, but the training in '{options.StateFolder}' has already taken 5; it must be at least as many.", error.Message);
    }

    [Fact]
    public void A_state_with_other_options_networks_images_or_perceptual_models_is_refused_by_name()
    {
        using var perceptual = files.Small();
        var whole = options with { PerceptualModel = perceptual, Adversarial = new() { StartStep = null, Channels = 4, Layers = 1 } };
        Interrupt("kl", whole, 2);

        Assert.Contains("Options.KullbackLeiblerWeight was 1E-06, now it is 0.5", Refusal("kl", whole with { KullbackLeiblerWeight = 0.5 }), StringComparison.Ordinal);
        Assert.Contains("Options.Adversarial.Channels was 4, now it is 8", Refusal("kl", whole with { Adversarial = whole.Adversarial with { Channels = 8 } }), StringComparison.Ordinal);
        Assert.Contains("PerceptualModel was ", Refusal("kl", whole with { PerceptualModel = null }), StringComparison.Ordinal);
        Assert.Contains("Network.CodebookSize was absent, now it is 32", Refusal("vq", whole), StringComparison.Ordinal);
        using var model = Create("kl");
        var error = Assert.Throws<CheckpointException>(
            () => new AutoencoderTrainer(model, whole with { Resume = true }).Train(new ToyImages(9) { Shift = 1 }));
        Assert.Contains("Images was ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unwritable_state_is_explained_and_the_previous_one_is_intact()
    {
        var (expected, _) = Run("kl", options with { StateFolder = null });
        var blocked = Path.Combine(options.StateFolder!, "state-6.safetensors");
        using (var model = Create("kl"))
        {
            var progress = new Steps(step =>
            {
                if (step.Step == 4)
                    Directory.CreateDirectory(Path.Combine(blocked, "in the way"));
            });
            var error = Assert.Throws<CheckpointException>(
                () => new AutoencoderTrainer(model, options).Train(new ToyImages(9), new ToyImages(2), progress));
            Assert.StartsWith("the state after 6 steps cannot be written: ", error.Reason, StringComparison.Ordinal);
        }

        Directory.Delete(blocked, recursive: true);
        Assert.Equal(expected, Run("kl", options with { Resume = true }).Weights);
    }

    [Fact]
    public void An_unwritable_folder_is_refused_before_the_first_step()
    {
        var file = Path.Combine(temporary.Path, "file");
        File.WriteAllText(file, "");
        var steps = new List<TrainingStep>();
        using var model = Create("kl");
        var error = Assert.Throws<CheckpointException>(() => new AutoencoderTrainer(
            model, options with { StateFolder = Path.Combine(file, "state") }).Train(new ToyImages(9), progress: new Steps(steps.Add)));

        Assert.StartsWith("the state of the training cannot be written here: ", error.Reason, StringComparison.Ordinal);
        Assert.Empty(steps);
    }

    [Fact]
    public void Saving_and_resuming_leak_no_tensor()
    {
        var adversarial = options with { Adversarial = new() { StartStep = 0, Channels = 4, Layers = 1 }, Decay = LearningRateDecay.None };
        Interrupt("kl", adversarial, 2);
        Run("kl", adversarial with { Resume = true, Steps = 6 });
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Run("kl", adversarial with { Resume = true });
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static AutoencoderModel Create(string kind) => kind switch
    {
        "kl" => TinyModels.Kl(),
        "vq" => TinyModels.Vq(),
        _ => AutoencoderModel.Create(new TinyAutoencoderConfig { Width = 8 }, seed: 1),
    };

    private static (string Weights, string History) Run(string kind, AutoencoderTrainingOptions options)
    {
        using var model = Create(kind);
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(9), new ToyImages(2));
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        return (TinyModels.Fingerprint(result.Model), Described(result));
    }

    // Without anything that depends on the clock.
    private static string Described(TrainingResult<AutoencoderModel> result) =>
        JsonSerializer.Serialize(result.History.Select(step => step with { ImagesPerSecond = 0, TimeLeft = default }));

    private static void Interrupt(string kind, AutoencoderTrainingOptions options, int step)
    {
        using var model = Create(kind);
        using var cancel = new CancellationTokenSource();
        var progress = new Steps(taken =>
        {
            if (taken.Step == step)
                cancel.Cancel();
        });
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(9), new ToyImages(2), progress, cancel.Token);
        Assert.Equal((TrainingOutcome.Cancelled, step), (result.Outcome, result.Steps));
    }

    private static string Refusal(string kind, AutoencoderTrainingOptions options) =>
        Assert.Throws<CheckpointException>(() => Run(kind, options with { Resume = true })).Reason;
}
