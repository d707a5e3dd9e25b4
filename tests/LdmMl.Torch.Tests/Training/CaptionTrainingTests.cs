using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

/// <summary>A text encoder that is trained jointly with a U-Net.</summary>
public sealed class CaptionTrainingTests : IDisposable
{
    private static readonly DiffusionTrainingOptions Short = new()
    {
        UNet = TinyModels.UNetConfig with { ContextDimension = 16 }, Steps = 6, BatchSize = 4, LearningRate = 2e-3, WarmupSteps = 0, EmaDecay = 0.9,
        TextEncoder = new TextEncoderTrainingOptions { Width = 16, Layers = 2, Heads = 2, Tokens = 8 },
    };

    private readonly AutoencoderModel autoencoder = TinyModels.Kl();
    private readonly TemporaryFolder temporary = new();

    private static LabeledImages Captioned => new(new ToyImages(9)) { Captions = [.. Enumerable.Range(0, 9).Select(Wordings)] };

    public void Dispose()
    {
        autoencoder.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public void A_model_learns_to_tell_captions_apart_and_follows_a_wording_that_it_has_not_seen()
    {
        var captions = Enumerable.Range(0, 16).Select(image => image % 2 == 0 ? new[] { "a red flag", "red" } : ["a blue flag", "blue"]);
        var images = new LabeledImages(RedAndBlue()) { Captions = [.. captions] };
        var options = Short with
        {
            Steps = 100, BatchSize = 16, LearningRate = 5e-3, EmaDecay = 0.95, LatentVariation = LatentVariation.Mean,
            Loss = new DiffusionLossOptions { Prediction = Prediction.Velocity },
        };
        using var trained = new DiffusionTrainer(autoencoder, options).Train(images);
        using var both = BatchReader.Read(images.Images, autoencoder.Config.PixelRange, [0, 1]);
        using var wanted = trained.Model.Autoencoder.Encode(both);
        string[] prompts = ["red flag", "blue flag", "a red", "a blue"];
        using var drawn = trained.Model.GenerateLatents(
            new GenerationBatch { Seeds = [1, 2, 3, 4], Prompts = prompts }, new GenerationSettings { Sampling = new() { Steps = 10 } });
        using var distances = cdist(drawn.flatten(1), wanted.flatten(1));

        Assert.Equal([0, 1, 0, 1], distances.argmin(1).data<long>().ToArray());
    }

    [Fact]
    public void The_same_seed_gives_bit_identical_weights_of_both_networks()
    {
        using var once = new DiffusionTrainer(autoencoder, Short).Train(Captioned);
        using var again = new DiffusionTrainer(autoencoder, Short).Train(Captioned);
        using var other = new DiffusionTrainer(autoencoder, Short with { Seed = 1 }).Train(Captioned);

        Assert.Equal(Texts(once.Model), Texts(again.Model));
        Assert.Equal(once.Model.ComputeWeightHash(), again.Model.ComputeWeightHash());
        Assert.NotEqual(Texts(once.Model), Texts(other.Model));
    }

    [Fact]
    public void Every_weight_of_the_text_encoder_is_trained_and_averaged()
    {
        var options = Short with { WeightDecay = 0 };            // so that only gradients change a weight
        using var latest = new DiffusionTrainer(autoencoder, options with { EmaDecay = null }).Train(Captioned);
        using var averaged = new DiffusionTrainer(autoencoder, options).Train(Captioned);
        using var start = new DiffusionTrainer(autoencoder, options with { Steps = 1, LearningRate = 1e-30 }).Train(Captioned);
        var before = start.Model.OwnEncoder!.Networks.state_dict();
        var changed = latest.Model.OwnEncoder!.Networks.state_dict().Where(entry => !entry.Value.equal(before[entry.Key]).all().item<bool>());

        Assert.Equal(before.Keys, changed.Select(entry => entry.Key));
        Assert.NotEqual(Texts(latest.Model), Texts(averaged.Model));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_resumed_training_ends_with_the_bits_of_an_uninterrupted_one(int stop)
    {
        var options = Short with { StateFolder = Path.Combine(temporary.Path, "state"), LabelDropout = 0.3 };
        using var whole = new DiffusionTrainer(autoencoder, options with { StateFolder = null }).Train(Captioned);
        using var cancel = new CancellationTokenSource();
        new DiffusionTrainer(autoencoder, options)
            .Train(Captioned, progress: new Steps(step => { if (step.Step == stop) cancel.Cancel(); }), cancellationToken: cancel.Token).Dispose();
        using var resumed = new DiffusionTrainer(autoencoder, options with { Resume = true }).Train(Captioned);

        Assert.Equal(stop, resumed.StepsBefore);
        Assert.Equal(whole.Model.ComputeWeightHash(), resumed.Model.ComputeWeightHash());
        Assert.Equal(Texts(whole.Model), Texts(resumed.Model));
    }

    [Fact]
    public void A_state_with_other_captions_or_another_encoder_is_refused_by_name()
    {
        var options = Short with { StateFolder = Path.Combine(temporary.Path, "state"), Steps = 2 };
        new DiffusionTrainer(autoencoder, options).Train(Captioned).Dispose();
        string Refusal(DiffusionTrainingOptions other, LabeledImages images) => Assert.Throws<CheckpointException>(
            () => new DiffusionTrainer(autoencoder, other with { Resume = true }).Train(images)).Reason;

        Assert.Contains("Images was", Refusal(options, Captioned with { Captions = [.. Enumerable.Range(1, 9).Select(Wordings)] }), StringComparison.Ordinal);
        Assert.Contains(
            "TextEncoder.Layers was 2, now it is 3", Refusal(options with { TextEncoder = options.TextEncoder with { Layers = 3 } }, Captioned),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_model_follows_prompts_as_before()
    {
        using var trained = new DiffusionTrainer(autoencoder, Short).Train(Captioned);
        var folder = Path.Combine(temporary.Path, "model");
        trained.Model.Save(folder);
        using var opened = LatentDiffusionModel.Load(folder);
        var batch = new GenerationBatch { Seeds = [1, 2], Prompts = ["image number 3", "something else"] };
        var settings = new GenerationSettings { GuidanceScale = 3, Sampling = new() { Steps = 3 } };
        using Tensor before = trained.Model.Generate(batch, settings), after = opened.Generate(batch, settings);

        Assert.Equal(before.data<float>().ToArray(), after.data<float>().ToArray());
        Assert.Equal((8, 16), (opened.TextEncoder!.Tokens, opened.TextEncoder.Width));
        Assert.True(File.Exists(Path.Combine(folder, "tokenizer", "vocab.txt")));
    }

    [Fact]
    public void A_model_saved_with_a_file_size_limit_is_the_same_and_replaces_one_in_single_files()
    {
        using var trained = new DiffusionTrainer(autoencoder, Short with { UNet = Short.UNet! with { BaseChannels = 32 } }).Train(Captioned);
        var folder = Path.Combine(temporary.Path, "model");
        using (var other = new DiffusionTrainer(autoencoder, Short with { UNet = Short.UNet! with { BaseChannels = 32 }, Seed = 1 }).Train(Captioned))
            other.Model.Save(folder);
        trained.Model.Save(folder, maximumFileBytes: 300_000);
        using var opened = LatentDiffusionModel.Load(folder);
        var files = new DirectoryInfo(Path.Combine(folder, "unet")).GetFiles("*.safetensors");

        Assert.True(files.Length > 1 && files.All(file => file.Length <= 300_000), string.Join(", ", files.Select(file => $"{file.Name} {file.Length}")));
        Assert.Contains(files, file => file.Name == $"diffusion_pytorch_model-00001-of-{files.Length:D5}.safetensors");
        Assert.Equal(trained.Model.ComputeWeightHash(), opened.ComputeWeightHash());
        Assert.Equal(
            "maximumFileBytes is 9; it must be at least 65536, or null for no limit.",
            Assert.ThrowsAny<ArgumentException>(() => trained.Model.Save(folder, maximumFileBytes: 9)).Message);
    }

    [Fact]
    public void Steps_and_validations_leak_no_tensor_and_neither_does_the_training()
    {
        new DiffusionTrainer(autoencoder, Short).Train(Captioned, Captioned).Dispose();
        var before = LiveTensors();
        var during = new List<long>();
        new DiffusionTrainer(autoencoder, Short).Train(Captioned, Captioned, new Steps(_ => during.Add(LiveTensors()))).Dispose();

        Assert.Single(during.Skip(1).Distinct());
        Assert.Equal(before, LiveTensors());
    }

    [Fact]
    public void Sheets_show_captions_of_images_spread_over_the_set()
    {
        var sheets = new List<TrainingPreview>();
        var options = Short with { Steps = 2, PreviewInterval = 2, Sampling = new() { Steps = 2 } };
        new DiffusionTrainer(autoencoder, options).Train(Captioned, progress: new Steps(step => sheets.AddRange(step.Preview is { } sheet ? [sheet] : []))).Dispose();

        Assert.StartsWith("8 samples with the seeds 1 to 8, captions 'image 0', 'image 1', 'image 2'", Assert.Single(sheets).Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_starts_from_the_matching_weights_of_another_model()
    {
        using var first = new DiffusionTrainer(autoencoder, Short with { UNet = TinyModels.UNetConfig }).Train(new ToyImages(9));
        var options = Short with { Steps = 1, LearningRate = 1e-30, WeightDecay = 0, EmaDecay = null, InitialModel = first.Model };
        using var trained = new DiffusionTrainer(autoencoder, options).Train(Captioned);
        var (own, given) = (trained.Model.Network.state_dict(), first.Model.Network.state_dict());

        Assert.True(own["input_blocks.1.0.in_layers.2.weight"].equal(given["input_blocks.1.0.in_layers.2.weight"]).all().item<bool>());
        Assert.DoesNotContain("middle_block.1.proj_in.weight", given.Keys);
    }

    private static ImageSet RedAndBlue()
    {
        var images = new ImageSet(16, 16);
        var colours = new[] { new byte[] { 255, 0, 0 }, [0, 0, 255] };
        for (var image = 0; image < 16; image++)
            images.Add([.. Enumerable.Repeat(colours[image % 2], 16 * 16).SelectMany(colour => colour)], PixelLayout.Rgb24);
        return images;
    }

    private static string[] Wordings(int image) => [$"image {image}", $"image number {image}", $"{image}"];

    private static string Texts(LatentDiffusionModel model) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData([.. model.OwnEncoder!.Networks.parameters().SelectMany(weight => weight.bytes.ToArray())]));

    private static long LiveTensors() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
