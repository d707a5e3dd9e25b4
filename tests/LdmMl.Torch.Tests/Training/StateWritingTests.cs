using System.Text.Json.Nodes;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training;

/// <summary>When the state of a training is written, and what happens if it cannot be.</summary>
public sealed class StateWritingTests : IDisposable
{
    private static readonly AutoencoderTrainingOptions Short = new()
    {
        Steps = 8, BatchSize = 4, LearningRate = 2e-3, WarmupSteps = 0, Decay = LearningRateDecay.None, EmaDecay = 0.9,
    };

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void The_state_is_written_after_some_time_or_some_steps_whichever_comes_first()
    {
        var options = Short with { StateFolder = Path.Combine(temporary.Path, "state") };

        Assert.Equal([4, 7, 8], WrittenSteps(options with { SaveInterval = 1000, SavePeriod = TimeSpan.FromMinutes(10) }));
        Assert.Equal([3, 6, 8], WrittenSteps(options with { SaveInterval = 3, SavePeriod = TimeSpan.FromMinutes(10) }));
        Assert.Equal([5, 8], WrittenSteps(options with { SaveInterval = 5, SavePeriod = null }));
    }

    [Fact]
    public void The_time_between_two_states_may_change_when_a_training_resumes()
    {
        var options = Short with { StateFolder = Path.Combine(temporary.Path, "state"), SavePeriod = TimeSpan.FromHours(1) };
        Train(options with { Steps = 3 });

        Assert.Equal(8, Train(options with { Resume = true, SavePeriod = TimeSpan.FromHours(2) }).Steps);
    }

    [Fact]
    public void A_time_that_is_not_above_zero_is_refused()
    {
        using var model = TinyModels.Kl();
        var error = Assert.Throws<OptionException>(() => new AutoencoderTrainer(model, Short with { SavePeriod = TimeSpan.Zero }));
        Assert.Equal("SavePeriod is 00:00:00; it must be above 0, or null to count only steps.", error.Message);
    }

    [SmallDiskFact]
    public void A_full_disk_is_reported_and_the_previous_state_is_intact()
    {
        using var disk = new SmallDisk(8 << 20);
        var options = Short with { StateFolder = Path.Combine(disk.Path, "state"), SaveInterval = 3 };
        var filler = "";
        var error = Assert.Throws<CheckpointException>(() => Train(options, step => filler = step == 4 ? disk.Fill() : filler));

        Assert.Equal(
            "the state after 6 steps cannot be written: No space left on device : '", error.Reason[..error.Reason.IndexOf('/', StringComparison.Ordinal)]);
        Assert.EndsWith(
            "The previous state, if any, is intact; free some space or choose another folder, and resume from it.", error.Reason, StringComparison.Ordinal);
        Assert.Equal(["state-3.safetensors", "state.json"], FilesIn(options));

        File.Delete(filler);
        Assert.Equal(Train(Short).Weights, Train(options with { Resume = true }).Weights);
    }

    [SmallDiskFact]
    public void Without_room_for_the_description_nothing_incomplete_remains()
    {
        using var disk = new SmallDisk(8 << 20);
        var options = Short with { StateFolder = Path.Combine(disk.Path, "state"), SaveInterval = 3 };
        var size = TensorsOfAState(options);
        Assert.Throws<CheckpointException>(() => Train(options, step =>
        {
            if (step == 4)
                LeaveRoom(disk, size);
        }));

        Assert.Equal(["state-3.safetensors", "state.json"], FilesIn(options));
        Assert.Equal(3, StepIn(options));
    }

    [SmallDiskFact]
    public void A_disk_that_becomes_read_only_is_reported_and_the_state_is_kept()
    {
        using var disk = new SmallDisk(8 << 20);
        var options = Short with { StateFolder = Path.Combine(disk.Path, "state"), SaveInterval = 3 };
        var error = Assert.Throws<CheckpointException>(() => Train(options, step =>
        {
            if (step == 4)
                disk.MakeReadOnly();
        }));
        var again = Assert.Throws<CheckpointException>(() => Train(options with { Resume = true }));

        Assert.StartsWith("the state after 6 steps cannot be written: ", error.Reason, StringComparison.Ordinal);
        Assert.StartsWith("the state of the training cannot be written here: ", again.Reason, StringComparison.Ordinal);
        Assert.Equal(3, StepIn(options));
        disk.MakeWritable();
        Assert.Equal(Train(Short).Weights, Train(options with { Resume = true }).Weights);
    }

    [Fact]
    public void A_folder_that_cannot_be_created_is_refused_before_the_first_step()
    {
        var file = Path.Combine(temporary.Path, "file");
        File.WriteAllText(file, "");
        var steps = new List<int>();
        var error = Assert.Throws<CheckpointException>(() => Train(Short with { StateFolder = Path.Combine(file, "state") }, steps.Add));

        Assert.StartsWith("the state of the training cannot be written here: ", error.Reason, StringComparison.Ordinal);
        Assert.Empty(steps);
    }

    [Fact]
    public void A_state_of_another_version_is_refused_and_not_changed()
    {
        var options = Short with { StateFolder = Path.Combine(temporary.Path, "state") };
        Train(options with { Steps = 3 });
        var path = Path.Combine(options.StateFolder!, "state.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        json["format"] = 99;
        File.WriteAllText(path, json.ToJsonString());
        var before = File.ReadAllBytes(path);
        var error = Assert.Throws<CheckpointException>(() => Train(options with { Resume = true }));

        Assert.Contains("its format is 99, but this version reads ", error.Reason, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(["state-3.safetensors", "state.json"], FilesIn(options));
    }

    private static (int Steps, string Weights) Train(AutoencoderTrainingOptions options, Action<int>? onStep = null)
    {
        using var model = TinyModels.Kl();
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(8), progress: new Steps(step => onStep?.Invoke(step.Step)));
        return (result.Steps, TinyModels.Fingerprint(result.Model));
    }

    // With four minutes between two steps.
    private static int[] WrittenSteps(AutoencoderTrainingOptions options)
    {
        if (Directory.Exists(options.StateFolder))
            Directory.Delete(options.StateFolder, recursive: true);
        var (clock, written) = (new ManualClock(), new List<int>());
        Train(options with { Clock = clock }, step =>
        {
            if (File.Exists(Path.Combine(options.StateFolder!, "state.json")))
                written.Add(StepIn(options));
            clock.Advance(TimeSpan.FromMinutes(4));
        });
        written.Add(StepIn(options));
        return [.. written.Distinct()];
    }

    private static long TensorsOfAState(AutoencoderTrainingOptions options)
    {
        Train(options with { Steps = 3 });
        var size = new FileInfo(Path.Combine(options.StateFolder!, "state-3.safetensors")).Length;
        Directory.Delete(options.StateFolder!, recursive: true);
        return size;
    }

    // Enough for the tensors of one more state, but not for a description.
    private static void LeaveRoom(SmallDisk disk, long bytes)
    {
        const int Page = 4096;
        var filler = disk.Fill();
        using var stream = new FileStream(filler, FileMode.Open, FileAccess.Write);
        stream.SetLength(stream.Length - ((bytes + Page - 1) / Page * Page));
    }

    private static IEnumerable<string?> FilesIn(AutoencoderTrainingOptions options) =>
        Directory.GetFiles(options.StateFolder!).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static int StepIn(AutoencoderTrainingOptions options) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(options.StateFolder!, "state.json")))!["step"]!.GetValue<int>();
}
