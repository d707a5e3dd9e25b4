using LdmMl.Torch.Arguments;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

/// <summary>Preview sheets during a training, and the history that a receiver gets when it resumes.</summary>
public sealed class PreviewTests : IDisposable
{
    private static readonly AutoencoderTrainingOptions Short = new()
    {
        Steps = 5, BatchSize = 4, WarmupSteps = 0, Decay = LearningRateDecay.None, EmaDecay = 0.9, PreviewInterval = 2,
    };

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void Previews_of_an_autoencoder_show_images_above_their_reconstructions()
    {
        var sheets = Sheets(Short, new ToyImages(20));
        var original = new float[3 * 16 * 16];
        new ToyImages(20).Read(5, PixelRange.ZeroToOne, original);          // the third of eight, evenly spread

        Assert.Equal([2, 4, 5], sheets.Select(sheet => sheet.Step));
        Assert.All(sheets, sheet => Assert.Equal((8, 2, 8 * 16, 2 * 16), (sheet.Columns, sheet.Rows, sheet.Width, sheet.Height)));
        Assert.Equal(
            Enumerable.Range(0, 16).Select(column => (byte)Math.Round(original[column] * 255)),
            Enumerable.Range(0, 16).Select(column => sheets[0].Pixels.Span[((2 * 16) + column) * 3]));
        Assert.Equal(sheets[0].Pixels[..(128 * 16 * 3)].ToArray(), sheets[1].Pixels[..(128 * 16 * 3)].ToArray());
        Assert.NotEqual(sheets[0].Pixels.ToArray(), sheets[1].Pixels.ToArray());
        Assert.Equal("8 images, each above its reconstruction after 2 steps", sheets[0].Description);
    }

    [Fact]
    public void Previews_of_a_diffusion_model_show_samples_with_the_same_seeds_and_labels()
    {
        using var autoencoder = TinyModels.Kl();
        var labelled = new LabeledImages(new ToyImages(9), [0, 1, 2, 0, 1, 2, 0, 1, 2], ["red", "green", "blue"]);
        var sheets = new List<TrainingPreview>();
        var options = new DiffusionTrainingOptions
        {
            UNet = TinyModels.UNetConfig, Steps = 3, BatchSize = 4, PreviewInterval = 3, Sampling = new() { Steps = 2 },
        };
        new DiffusionTrainer(autoencoder, options).Train(labelled, progress: Collecting(sheets)).Dispose();

        Assert.Equal("8 samples with the seeds 1 to 8, labels red, green, blue after 3 steps", Assert.Single(sheets).Description);
        Assert.Equal((8, 1, 8 * 16, 16), (sheets[0].Columns, sheets[0].Rows, sheets[0].Width, sheets[0].Height));
    }

    [Fact]
    public void Previews_do_not_affect_the_training()
    {
        Assert.Equal(Trained(Short with { PreviewInterval = null }), Trained(Short));
        Assert.Equal(TrainedDiffusion(null), TrainedDiffusion(1));
    }

    [Fact]
    public void The_history_keeps_no_previews()
    {
        using var model = TinyModels.Kl();
        using var result = new AutoencoderTrainer(model, Short).Train(new ToyImages(8));
        Assert.All(result.History, step => Assert.Null(step.Preview));
    }

    [Fact]
    public void An_interval_below_1_is_refused()
    {
        using var model = TinyModels.Kl();
        var error = Assert.Throws<OptionException>(() => new AutoencoderTrainer(model, Short with { PreviewInterval = 0 }));
        Assert.Equal("PreviewInterval is 0; it must be at least 1, or null for no sheets.", error.Message);
    }

    [Fact]
    public void An_observer_gets_the_history_of_earlier_runs_before_the_first_step()
    {
        var options = Short with { StateFolder = Path.Combine(temporary.Path, "state") };
        var (first, second) = (new Observer(), new Observer());
        Train(options with { Steps = 3 }, first);
        Train(options with { Resume = true, PreviewInterval = null, HistoryInterval = 2 }, second);

        Assert.Equal(["1", "2", "3"], first.Heard);
        Assert.Equal(["1,2,3", "4", "5"], second.Heard);
    }

    [Fact]
    public void Grey_images_become_RGB_and_values_outside_the_range_are_clamped()
    {
        using var grey = tensor(new[] { -1f, 0f, 0.5f, 2f }, [2, 1, 1, 2]);
        var sheet = PreviewSheet.Of(7, [grey], PixelRange.ZeroToOne, "grey");

        Assert.Equal([0, 0, 0, 0, 0, 0, 128, 128, 128, 255, 255, 255], sheet.Pixels.ToArray());
        Assert.Equal((7, 2, 1, 4, 1), (sheet.Step, sheet.Columns, sheet.Rows, sheet.Width, sheet.Height));
    }

    [Fact]
    public void Previews_leak_no_tensor()
    {
        Sheets(Short, new ToyImages(8));
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Sheets(Short, new ToyImages(8));
        TrainedDiffusion(1);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static List<TrainingPreview> Sheets(AutoencoderTrainingOptions options, ToyImages images)
    {
        var sheets = new List<TrainingPreview>();
        using var model = TinyModels.Kl();
        new AutoencoderTrainer(model, options).Train(images, progress: Collecting(sheets)).Dispose();
        return sheets;
    }

    private static Steps Collecting(List<TrainingPreview> sheets) => new(step => sheets.AddRange(step.Preview is { } sheet ? [sheet] : []));

    private static string Trained(AutoencoderTrainingOptions options)
    {
        using var model = TinyModels.Kl();
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(8));
        return TinyModels.Fingerprint(result.Model);
    }

    private static string TrainedDiffusion(int? interval)
    {
        using var autoencoder = TinyModels.Kl();
        var options = new DiffusionTrainingOptions
        {
            UNet = TinyModels.UNetConfig with { Dropout = 0.1 }, Steps = 3, BatchSize = 4, PreviewInterval = interval, Sampling = new() { Steps = 2 },
        };
        using var result = new DiffusionTrainer(autoencoder, options).Train(new ToyImages(8));
        return TinyModels.Fingerprint(result.Model);
    }

    private static void Train(AutoencoderTrainingOptions options, Observer observer)
    {
        using var model = TinyModels.Kl();
        new AutoencoderTrainer(model, options).Train(new ToyImages(8), progress: observer).Dispose();
    }

    private sealed class Observer : ITrainingObserver
    {
        public List<string> Heard { get; } = [];

        public void ContinueFrom(IReadOnlyList<TrainingStep> history) => Heard.Add(string.Join(",", history.Select(step => step.Step)));

        public void Report(TrainingStep value) => Heard.Add($"{value.Step}");
    }
}
