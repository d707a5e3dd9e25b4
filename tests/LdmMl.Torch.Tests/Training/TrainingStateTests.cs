using System.Text.Json.Nodes;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tests.Checkpoints;
using LdmMl.Torch.Training;
using TorchSharp;

namespace LdmMl.Torch.Tests.Training;

public sealed class TrainingStateTests : IDisposable
{
    private static readonly string[] Colours = ["red", "green", "blue"];

    private readonly TemporaryFolder temporary = new();
    private readonly AutoencoderModel autoencoder = TinyModels.Kl();
    private readonly DiffusionTrainingOptions options;

    public TrainingStateTests() => options = new DiffusionTrainingOptions
    {
        UNet = TinyModels.UNetConfig with { Dropout = 0.1 }, Steps = 8, BatchSize = 4, LearningRate = 2e-3, EmaDecay = 0.9, HorizontalFlips = true,
        WarmupSteps = 2, StateFolder = Path.Combine(temporary.Path, "state"), SaveInterval = 3,
        Loss = new DiffusionLossOptions { LearnLogVariance = true },
    };

    private static LabeledImages Labelled => new(new ToyImages(9), [0, 1, 2, 0, 1, 2, 0, 1, 2], Colours);

    public void Dispose()
    {
        autoencoder.Dispose();
        temporary.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_resumed_training_ends_with_the_weights_of_an_uninterrupted_one(int stop)
    {
        using var whole = new DiffusionTrainer(autoencoder, options with { StateFolder = null }).Train(Labelled);
        Interrupt(stop);
        var steps = new List<TrainingStep>();
        using var resumed = new DiffusionTrainer(autoencoder, options with { Resume = true }).Train(Labelled, progress: new Steps(steps.Add));

        Assert.Equal(Enumerable.Range(stop + 1, 8 - stop), steps.Select(step => step.Step));
        Assert.Equal(TrainingOutcome.Completed, resumed.Outcome);
        Assert.Equal(whole.LastStep!.Loss, resumed.LastStep!.Loss);
        Assert.Equal(whole.LastStep.Epoch, resumed.LastStep.Epoch);
        Assert.Equal(whole.Model.Autoencoder.Config.LatentScale, resumed.Model.Autoencoder.Config.LatentScale);
        Assert.Equal(TinyModels.Fingerprint(whole.Model), TinyModels.Fingerprint(resumed.Model));
    }

    [Fact]
    public void A_resumed_training_that_is_cancelled_before_its_images_are_encoded_returns_no_untrained_model()
    {
        Interrupt(3);
        Assert.Throws<OperationCanceledException>(
            () => new DiffusionTrainer(autoencoder, options with { Resume = true }).Train(Labelled, cancellationToken: new CancellationToken(canceled: true)));
        using var resumed = new DiffusionTrainer(autoencoder, options with { Resume = true }).Train(Labelled);

        Assert.Equal(3, resumed.StepsBefore);
    }

    [Fact]
    public void A_finished_training_can_take_more_steps_if_the_rate_does_not_depend_on_them()
    {
        using var whole = new DiffusionTrainer(autoencoder, options with { StateFolder = null }).Train(Labelled);
        new DiffusionTrainer(autoencoder, options with { Steps = 5 }).Train(Labelled).Dispose();
        using var longer = new DiffusionTrainer(autoencoder, options with { Resume = true }).Train(Labelled);

        Assert.Equal(TinyModels.Fingerprint(whole.Model), TinyModels.Fingerprint(longer.Model));
    }

    [Fact]
    public void A_finished_training_returns_its_model_again()
    {
        using var first = new DiffusionTrainer(autoencoder, options).Train(Labelled);
        using var again = new DiffusionTrainer(autoencoder, options with { Resume = true }).Train(Labelled);

        Assert.Equal(first.LastStep!.Loss, again.LastStep!.Loss);
        Assert.Equal(TrainingOutcome.Completed, again.Outcome);
        Assert.Equal(TinyModels.Fingerprint(first.Model), TinyModels.Fingerprint(again.Model));
    }

    [Fact]
    public void A_progress_receiver_that_throws_cancellation_ends_the_training_and_the_state_is_kept()
    {
        var trainer = new DiffusionTrainer(autoencoder, options);
        Assert.Throws<OperationCanceledException>(
            () => trainer.Train(Labelled, progress: new Steps(step => { if (step.Step == 4) throw new OperationCanceledException(); })));
        Assert.Equal(4, StoredStep());
    }

    [Fact]
    public void The_folder_contains_one_state_of_tensors_and_JSON_and_nothing_else()
    {
        new DiffusionTrainer(autoencoder, options).Train(Labelled).Dispose();

        Assert.Equal(
            ["state-8.safetensors", "state.json"], Directory.GetFiles(options.StateFolder!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(8, StoredStep());
    }

    [Fact]
    public void A_new_training_does_not_overwrite_a_state()
    {
        Interrupt(2);
        var error = Assert.Throws<OptionException>(() => new DiffusionTrainer(autoencoder, options).Train(Labelled));
        Assert.Equal(
            $"StateFolder is '{options.StateFolder}'; it contains the state of a training after 2 steps; set Resume to resume from it, or use another folder.",
            error.Message);
    }

    [Fact]
    public void A_folder_without_a_state_is_refused()
    {
        var error = Assert.Throws<CheckpointException>(() => new DiffusionTrainer(autoencoder, options with { Resume = true }).Train(Labelled));
        Assert.Equal("it contains no training state (there is no state.json); check the folder, or start a new training.", error.Reason);
        var missing = Assert.Throws<OptionException>(() => new DiffusionTrainer(autoencoder, options with { Resume = true, StateFolder = null }));
        Assert.Equal("StateFolder is null; Resume needs the folder of the state.", missing.Message);
    }

    [Fact]
    public void Other_options_are_refused_by_name()
    {
        Interrupt(2);
        Assert.Equal(
            "it is the state of another training: Options.LearningRate was 0.002, now it is 0.003. Use the options and data that it was started with, or another folder.",
            Refusal(options with { LearningRate = 3e-3 }, Labelled));
        Assert.StartsWith(
            "it is the state of another training: Options.UNet.BaseChannels was 8, now it is 16; ",
            Refusal(options with { UNet = TinyModels.UNetConfig with { BaseChannels = 16, Dropout = 0.1 } }, Labelled), StringComparison.Ordinal);
        Assert.Contains(
            "Options.Steps was absent, now it is 8",
            Refusal(options with { Decay = LearningRateDecay.Cosine }, Labelled), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_images_labels_or_first_stages_are_refused()
    {
        Interrupt(2);
        Assert.Contains("Images was ", Refusal(options, Labelled with { Images = new ToyImages(9) { Shift = 1 } }), StringComparison.Ordinal);
        Assert.Contains("Images was ", Refusal(options, Labelled with { Labels = [0, 1, 2, 0, 1, 2, 0, 1, 1] }), StringComparison.Ordinal);
        Assert.Contains("Labels was ", Refusal(options, Labelled with { LabelNames = ["red", "green", "grey"] }), StringComparison.Ordinal);
        using var other = TinyModels.Kl(seed: 2);
        var error = Assert.Throws<CheckpointException>(() => new DiffusionTrainer(other, options with { Resume = true }).Train(Labelled));
        Assert.Contains("Autoencoder was ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "format": 3 }""", "it is not the description of a training")]
    [InlineData("nonsense", "it is not the description of a training")]
    [InlineData("null", "it is not the description of a training: it is not an object.")]
    [InlineData("""{ "format": 1, "step": 5 }""", "its format is 1, but this version reads 3; finish the training with the version that started it.")]
    public void A_damaged_description_is_refused(string json, string message)
    {
        Interrupt(2);
        File.WriteAllText(Path.Combine(options.StateFolder!, "state.json"), json);
        Assert.Contains(message, Refusal(options, Labelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("format", 4, "its format is 4, but this version reads 3")]
    [InlineData("step", -1, "its step -1 is not the last one of its history.")]
    [InlineData("tensorFile", "../x.safetensors", "it names '../x.safetensors', which is not a .safetensors file next to it.")]
    [InlineData("tensorFile", "state-9.safetensors", "there is no such file.")]
    public void An_inconsistent_description_is_refused(string key, object value, string message)
    {
        Interrupt(2);
        var path = Path.Combine(options.StateFolder!, "state.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        json[key] = JsonValue.Create(value);
        File.WriteAllText(path, json.ToJsonString());
        Assert.Contains(message, Refusal(options, Labelled), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        Interrupt(2);
        var path = Path.Combine(options.StateFolder!, "state-2.safetensors");
        using (var tensors = SafetensorsFile.Read(path))
            SafetensorsFile.Write(path, tensors.Where(pair => pair.Key != "optimizer.0.mean").ToArray());
        Assert.Equal("the tensor 'optimizer.0.mean' is missing.", Refusal(options, Labelled));
    }

    [Fact]
    public void Saving_and_resuming_leak_no_tensor()
    {
        Interrupt(2);
        new DiffusionTrainer(autoencoder, options with { Resume = true, Steps = 6 }).Train(Labelled).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        new DiffusionTrainer(autoencoder, options with { Resume = true }).Train(Labelled).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private void Interrupt(int step)
    {
        using var cancel = new CancellationTokenSource();
        new DiffusionTrainer(autoencoder, options).Train(
            Labelled, progress: new Steps(taken => { if (taken.Step == step) cancel.Cancel(); }), cancellationToken: cancel.Token).Dispose();
    }

    private string Refusal(DiffusionTrainingOptions other, LabeledImages images) =>
        Assert.Throws<CheckpointException>(() => new DiffusionTrainer(autoencoder, other with { Resume = true }).Train(images)).Reason;

    private int StoredStep() => JsonNode.Parse(File.ReadAllText(Path.Combine(options.StateFolder!, "state.json")))!["step"]!.GetValue<int>();
}
