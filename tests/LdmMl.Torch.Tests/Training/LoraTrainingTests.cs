using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

/// <summary>Low-rank changes of a trained model's attention.</summary>
public sealed class LoraTrainingTests : IDisposable
{
    private static readonly DiffusionTrainingOptions Short = new()
    {
        Steps = 6, BatchSize = 4, LearningRate = 1e-2, WarmupSteps = 0, EmaDecay = 0.9, Lora = new LoraTrainingOptions { Rank = 2, Alpha = 3 },
    };

    private readonly AutoencoderModel autoencoder = TinyModels.Kl();
    private readonly TemporaryFolder temporary = new();
    private readonly List<LatentDiffusionModel> made = [];

    private static LabeledImages Labelled => new(new ToyImages(9), [0, 1, 0, 1, 0, 1, 0, 1, 0], ["even", "odd"]);

    private static LabeledImages Captioned => new(new ToyImages(9)) { Captions = [.. Enumerable.Range(0, 9).Select(image => new[] { $"image {image}" })] };

    public void Dispose()
    {
        made.ForEach(model => model.Dispose());
        autoencoder.Dispose();
        temporary.Dispose();
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("labels as tokens")]
    [InlineData("captions")]
    [InlineData("nothing")]
    public void The_saved_file_gives_exactly_the_trained_weights_and_the_model_itself_is_unchanged(string kind)
    {
        var (model, images) = Trained(kind);
        var before = model.ComputeWeightHash();
        using var result = new DiffusionTrainer(model.Autoencoder, Short with { InitialModel = model }).Train(images);
        var path = Path.Combine(temporary.Path, TrainedLora.FileName);
        result.Lora!.Save(path);
        using var merged = model.WithLora(path);
        using var half = model.WithLora(path, 0.5);

        Assert.Equal(before, model.ComputeWeightHash());
        Assert.NotEqual(before, result.Model.ComputeWeightHash());
        Assert.Equal(result.Model.ComputeWeightHash(), merged.ComputeWeightHash());
        Assert.NotEqual(merged.ComputeWeightHash(), half.ComputeWeightHash());
        Assert.Empty(merged.Loras[0].UnusedKeys);
        Assert.Equal(result.Lora.Layers, merged.Loras[0].Layers);
        Assert.Equal((2, 3.0), (result.Lora.Rank, result.Lora.Alpha));
        Assert.Equal(TrainedLora.FileName, Assert.Single(result.Model.Loras).Path);
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("captions")]
    public void Only_the_projections_of_attention_change(string kind)
    {
        var (model, images) = Trained(kind);
        using var result = new DiffusionTrainer(model.Autoencoder, Short with { InitialModel = model }).Train(images);
        var (before, after) = (model.Denoiser.state_dict(), result.Model.Denoiser.state_dict());
        var changed = after.Where(entry => !entry.Value.equal(before[entry.Key]).all().item<bool>()).Select(entry => entry.Key).ToArray();
        var projections = before.Keys.Where(key => key.Split('.') is [.., "qkv" or "to_q" or "to_k" or "to_v", "weight"] or [.., "to_out", "0", "weight"]
            || (kind == "labels" && key.EndsWith("1.proj_out.weight", StringComparison.Ordinal)));

        Assert.NotEmpty(changed);
        Assert.Equal(projections, changed);
        Assert.Equal(Texts(model), Texts(result.Model));
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("captions")]
    public void Before_the_first_step_the_network_has_the_bits_of_the_model(string kind)
    {
        var (model, _) = Trained(kind);
        using var copy = new LoraBase(model).Copy(CPU);
        using var factors = new LoraFactors(copy.Network, [], Short.Lora!, seed: 1);
        factors.Merge();

        Assert.Equal(TinyModels.Fingerprint(model), TinyModels.Fingerprint(copy));
        Assert.All(factors.Parameters.Where((_, place) => place % 2 == 1), up => Assert.Equal(0, up.abs().max().item<float>()));
        Assert.All(factors.Parameters.Where((_, place) => place % 2 == 0), down => Assert.NotEqual(0, down.abs().min().item<float>()));
    }

    [Theory]
    [InlineData(AttentionOrder.HeadsFirst)]
    [InlineData(AttentionOrder.ProjectionsFirst)]
    public void Gradients_of_the_factors_are_those_of_automatic_differentiation(AttentionOrder order)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var config = TinyModels.UNetConfig with { AttentionOrder = order, HeadChannels = 4 };
        using var network = UNetFactory.Build(config);
        UNetFactory.Initialize(network, 1);
        using (no_grad())
        {
            foreach (var weight in network.parameters())
                weight.add_(randn(weight.shape, generator: generator), Real(0.1));
        }

        using var factors = new LoraFactors(network, [], new LoraTrainingOptions { Rank = 2, Alpha = 5 }, seed: 1);
        using (no_grad())
        {
            foreach (var factor in factors.Parameters)
                factor.add_(randn(factor.shape, generator: generator), Real(0.1));
        }

        factors.Merge();
        var (x, times, wanted) = (randn([2, 2, 8, 8], generator: generator), tensor(new[] { 3f, 700f }), randn([2, 2, 8, 8], generator: generator));
        Tensor Loss() => (network.Predict(x, times, UNetConditions.None) * wanted).sum();
        Loss().backward();
        factors.PassGradients();

        foreach (var factor in factors.Parameters)
        {
            using var direction = randn(factor.shape, generator: generator);
            var expected = (factor.grad! * direction).sum().item<float>();
            double At(double along)
            {
                using var noGradient = no_grad();
                factor.add_(direction, Real(along));
                factors.Merge();
                var loss = Loss().item<float>();
                factor.add_(direction, Real(-along));
                return loss;
            }

            // Central differences of a float32 network agree to about a percent.
            Assert.InRange((At(1e-2) - At(-1e-2)) / 2e-2, expected - (0.02 * Math.Abs(expected)) - 0.02, expected + (0.02 * Math.Abs(expected)) + 0.02);
        }
    }

    [Fact]
    public void The_error_on_new_images_falls_although_only_a_few_weights_learn()
    {
        var (model, _) = Trained("labels", steps: 60);
        var images = new LabeledImages(new ToyImages(16) { Shift = 40 }, [.. Enumerable.Range(0, 16).Select(image => image % 2)], ["even", "odd"]);
        var options = Short with { InitialModel = model, BatchSize = 16, LatentVariation = LatentVariation.Mean, ValidationInterval = 1000 };
        double Error(DiffusionTrainingOptions with)
        {
            using var result = new DiffusionTrainer(model.Autoencoder, with).Train(images, images);
            return result.Validation!.Error;
        }

        var (before, after) = (Error(options with { Steps = 1, LearningRate = 1e-30 }), Error(options with { Steps = 60 }));
        Assert.True(after < 0.97 * before, $"{before} -> {after}");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void A_resumed_training_ends_with_the_bits_of_an_uninterrupted_one(int stop)
    {
        var (model, images) = Trained("labels");
        var options = Short with { InitialModel = model, StateFolder = Path.Combine(temporary.Path, "state"), LabelDropout = 0.3 };
        using var whole = new DiffusionTrainer(model.Autoencoder, options with { StateFolder = null }).Train(images, images);
        using var cancel = new CancellationTokenSource();
        using var stopped = new DiffusionTrainer(model.Autoencoder, options)
            .Train(images, images, new Steps(step => { if (step.Step == stop) cancel.Cancel(); }), cancel.Token);
        using var resumed = new DiffusionTrainer(model.Autoencoder, options with { Resume = true }).Train(images, images);

        Assert.Equal((TrainingOutcome.Cancelled, stop), (stopped.Outcome, stopped.Steps));
        Assert.NotEqual(stopped.Model.ComputeWeightHash(), resumed.Model.ComputeWeightHash());
        Assert.NotNull(stopped.Lora);
        Assert.Equal(whole.Model.ComputeWeightHash(), resumed.Model.ComputeWeightHash());
        Assert.Equal(whole.History.Select(step => step.Loss), resumed.History.Select(step => step.Loss));
        Assert.Contains("Lora.Rank was 2, now it is 3", Reason(options with { Resume = true, Lora = Short.Lora! with { Rank = 3 } }, images), StringComparison.Ordinal);
        Assert.Contains(
            "InitialModel was", Reason(options with { Resume = true, InitialModel = Trained("labels", seed: 5).Model }, images), StringComparison.Ordinal);
    }

    [Fact]
    public void The_state_holds_the_factors_alone()
    {
        var (model, images) = Trained("labels");
        var folder = Path.Combine(temporary.Path, "state");
        new DiffusionTrainer(model.Autoencoder, Short with { InitialModel = model, StateFolder = folder }).Train(images).Dispose();
        using var state = StateDictionary.Read(Path.Combine(folder, "state-6.safetensors"));

        Assert.DoesNotContain(state.Keys, key => key.StartsWith("weights.", StringComparison.Ordinal));
        Assert.Contains("lora.mid_block.attentions.0.to_q.up", state.Keys);
    }

    [Fact]
    public void Weights_of_the_best_validation_and_previews_are_those_of_the_merged_network()
    {
        var (model, images) = Trained("labels");
        var sheets = new List<TrainingPreview>();
        var options = Short with { InitialModel = model, KeepBest = true, ValidationInterval = 2, PreviewInterval = 3 };
        using var result = new DiffusionTrainer(model.Autoencoder, options).Train(
            images, images, new Steps(step => sheets.AddRange(step.Preview is { } sheet ? [sheet] : [])));
        var path = Path.Combine(temporary.Path, "best.safetensors");
        result.Lora!.Save(path);
        using var merged = model.WithLora(path);

        Assert.Equal(2, sheets.Count);
        Assert.Equal(result.Model.ComputeWeightHash(), merged.ComputeWeightHash());
    }

    [Fact]
    public void Labels_are_found_by_their_names_in_the_model()
    {
        var (model, _) = Trained("labels");
        LabeledImages With(string[] names, int label) => new(new ToyImages(4), [label, label, label, label], names);
        var options = Short with { InitialModel = model, LabelDropout = 0 };
        using var first = new DiffusionTrainer(model.Autoencoder, options).Train(With(["odd"], 0));
        using var same = new DiffusionTrainer(model.Autoencoder, options).Train(With(["even", "odd"], 1));
        using var other = new DiffusionTrainer(model.Autoencoder, options).Train(With(["even"], 0));
        using var numbers = new DiffusionTrainer(model.Autoencoder, options).Train(new LabeledImages(new ToyImages(4), [1, 1, 1, 1]));

        Assert.Equal(first.Model.ComputeWeightHash(), same.Model.ComputeWeightHash());
        Assert.Equal(first.Model.ComputeWeightHash(), numbers.Model.ComputeWeightHash());
        Assert.NotEqual(first.Model.ComputeWeightHash(), other.Model.ComputeWeightHash());
        Assert.StartsWith("There is no label 'third'; the labels are 'even', 'odd'.", Refusal(options, With(["third"], 0)), StringComparison.Ordinal);
        Assert.Equal(
            "The LoRA's model (random weights, seed 0) has 2 labels, but the images have labels up to 2.",
            Refusal(options, new LabeledImages(new ToyImages(1), [2])));
    }

    [Fact]
    public void Options_that_make_no_sense_for_a_LoRA_are_refused_by_name()
    {
        var (model, images) = Trained("labels");
        var good = Short with { InitialModel = model };
        const string Own = "; leave it out: a LoRA is trained for the model in InitialModel, which has its own.";

        Assert.Equal("InitialModel is null; a LoRA changes a trained model (Lora); give the model.", Refusal(Short, images));
        Assert.Equal("Rank is 0; it must be at least 1.", Refusal(good with { Lora = new() { Rank = 0 } }, images));
        Assert.Equal("Alpha is NaN; it must be above 0, or null for the rank.", Refusal(good with { Lora = new() { Alpha = double.NaN } }, images));
        Assert.Equal(
            "Rank is 17; it must be at most 16, the width of the model's widest attention: no change has a higher rank.",
            Refusal(good with { Lora = new() { Rank = 17 } }, images));
        Assert.EndsWith(Own, Refusal(good with { UNet = TinyModels.UNetConfig }, images), StringComparison.Ordinal);
        Assert.EndsWith(Own, Refusal(good with { TextEncoder = new() { Tokens = 9 } }, images), StringComparison.Ordinal);
        Assert.EndsWith(Own, Refusal(good with { Sampling = new() { Steps = 9 } }, images), StringComparison.Ordinal);
        Assert.Equal($"LabelInput is ContextToken{Own}", Refusal(good with { LabelInput = LabelInput.ContextToken }, images));
        Assert.Equal(
            $"Prediction is Velocity{Own}", Refusal(good with { Loss = new() { Prediction = Prediction.Velocity } }, images));
        Assert.EndsWith("takes labels, but the training images have none.", Refusal(good, new LabeledImages(images.Images)), StringComparison.Ordinal);
        Assert.EndsWith(
            "takes no prompts, but the training images have captions.", Refusal(Short with { InitialModel = Trained("nothing").Model }, Captioned),
            StringComparison.Ordinal);
        using var stranger = TinyModels.Kl(seed: 7);
        Assert.EndsWith(
            "was trained in the latent space of another autoencoder than the one given; use the model's own.",
            Assert.ThrowsAny<ArgumentException>(() => new DiffusionTrainer(stranger, good)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("captions")]
    public void Steps_and_validations_leak_no_tensor_and_neither_does_the_training(string kind)
    {
        var (model, images) = Trained(kind);
        var options = Short with { InitialModel = model, AccumulatedBatches = 2 };
        new DiffusionTrainer(model.Autoencoder, options).Train(images, images).Dispose();
        var before = LiveTensors();
        var during = new List<long>();
        new DiffusionTrainer(model.Autoencoder, options).Train(images, images, new Steps(_ => during.Add(LiveTensors()))).Dispose();

        Assert.Single(during.Skip(1).Distinct());
        Assert.Equal(before, LiveTensors());
    }

    private (LatentDiffusionModel Model, LabeledImages Images) Trained(string kind, int steps = 2, long seed = 0)
    {
        var images = kind switch { "captions" => Captioned, "nothing" => new LabeledImages(new ToyImages(9)), _ => Labelled };
        var context = kind switch { "captions" => 16, "labels as tokens" => 8, _ => (int?)null };
        var options = new DiffusionTrainingOptions
        {
            UNet = TinyModels.UNetConfig with { ContextDimension = context }, Steps = steps, BatchSize = 8, LearningRate = 1e-2, WarmupSteps = 0, EmaDecay = null,
            LabelInput = kind == "labels as tokens" ? LabelInput.ContextToken : LabelInput.TimeEmbedding, Seed = seed,
            TextEncoder = new TextEncoderTrainingOptions { Width = 16, Layers = 2, Heads = 2, Tokens = 8 },
        };
        using var result = new DiffusionTrainer(autoencoder, options).Train(images);
        made.Add(result.Model.Share());
        return (made[^1], images);
    }

    private string Refusal(DiffusionTrainingOptions options, LabeledImages images) =>
        Assert.ThrowsAny<ArgumentException>(() => new DiffusionTrainer(options.InitialModel?.Autoencoder ?? autoencoder, options).Train(images)).Message;

    private static string Reason(DiffusionTrainingOptions options, LabeledImages images) =>
        Assert.Throws<CheckpointException>(() => new DiffusionTrainer(options.InitialModel!.Autoencoder, options).Train(images)).Reason;

    private static string Texts(LatentDiffusionModel model) => string.Concat(
        (model.OwnEncoder?.Networks.parameters() ?? []).Select(weight => Convert.ToHexString(weight.bytes)));

    private static long LiveTensors() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
