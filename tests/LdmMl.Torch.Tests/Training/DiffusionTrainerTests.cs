using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

public sealed class DiffusionTrainerTests : IDisposable
{
    private static readonly string[] Colours = ["red", "green", "blue"];

    private static readonly DiffusionTrainingOptions Short = new()
    {
        UNet = TinyModels.UNetConfig, Steps = 6, BatchSize = 4, LearningRate = 2e-3, WarmupSteps = 0, EmaDecay = 0.9,
    };

    private readonly AutoencoderModel autoencoder = TinyModels.Kl();

    private static LabeledImages Labelled => new(new ToyImages(9), [0, 1, 2, 0, 1, 2, 0, 1, 2], Colours);

    public void Dispose() => autoencoder.Dispose();

    [Fact]
    public void The_same_seed_gives_bit_identical_weights()
    {
        var options = Short with { HorizontalFlips = true };
        Assert.Equal(Trained(options, Labelled), Trained(options, Labelled));
        Assert.NotEqual(Trained(options, Labelled), Trained(options with { Seed = 1 }, Labelled));
    }

    [Theory]
    [InlineData(Prediction.Epsilon, null)]
    [InlineData(Prediction.Start, null)]
    [InlineData(Prediction.Velocity, 5.0)]
    public void Every_prediction_learns_a_toy_set(Prediction prediction, double? gamma)
    {
        var images = new ToyImages(24);
        var options = Short with
        {
            Steps = 80, BatchSize = 8, LearningRate = 5e-3, Decay = LearningRateDecay.Cosine, WarmupSteps = 5, ValidationInterval = 1000,
            LatentVariation = LatentVariation.Mean,
            Loss = new DiffusionLossOptions { Prediction = prediction, MinimumSnrGamma = gamma },
        };
        using var untrained = new DiffusionTrainer(autoencoder, options with { Steps = 1, LearningRate = 1e-12 }).Train(images, images);
        using var result = new DiffusionTrainer(autoencoder, options).Train(images, images);

        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.Equal(prediction, result.Model.Config.Prediction);
        var (before, after) = (Assert.IsType<DiffusionValidation>(untrained.Validation).Loss, Assert.IsType<DiffusionValidation>(result.Validation).Loss);
        Assert.True(after < 0.85 * before, $"from {before} to {after}");
    }

    [Fact]
    public void A_labelled_model_knows_the_names_and_generates_with_guidance()
    {
        using var result = new DiffusionTrainer(autoencoder, Short).Train(Labelled);
        var labels = Assert.IsType<LabelConditioning>(result.Model.Config.Conditioning);
        var batch = new GenerationBatch { Seeds = [1, 2], Labels = [labels.IndexOf("blue"), labels.NullLabel!.Value] };
        using var images = result.Model.Generate(batch, new GenerationSettings { Sampling = new SamplingSettings { Steps = 3 }, GuidanceScale = 2 });

        Assert.Equal(Colours, labels.Names);
        Assert.Equal([2, 3, 16, 16], images.shape);
    }

    [Fact]
    public void Labels_can_enter_as_context_tokens_with_learned_embeddings()
    {
        var options = Short with { UNet = TinyModels.UNetConfig with { ContextDimension = 8 }, LabelInput = LabelInput.ContextToken };
        using var result = new DiffusionTrainer(autoencoder, options).Train(Labelled);
        using var start = LatentDiffusionModel.Create(autoencoder, result.Model.Config, options.Seed);
        Tensor Tokens(LatentDiffusionModel model) => model.Denoiser.LabelTokens!.state_dict()["weight"];

        Assert.False(Tokens(result.Model).equal(Tokens(start)).all().item<bool>());
    }

    [Fact]
    public void Without_label_dropout_there_is_no_null_label()
    {
        using var result = new DiffusionTrainer(autoencoder, Short with { LabelDropout = 0 }).Train(Labelled);
        Assert.Null(Assert.IsType<LabelConditioning>(result.Model.Config.Conditioning).NullLabel);
        Assert.Equal(3, result.Model.Config.UNet.LabelCount);
    }

    [Fact]
    public void The_first_stage_gets_the_scale_that_makes_latents_unit_variance_and_keeps_its_weights()
    {
        var before = TinyModels.Fingerprint(autoencoder);
        var images = new ToyImages(20);
        using var result = new DiffusionTrainer(autoencoder, Short with { LatentVariation = LatentVariation.Mean }).Train(images);
        using var batch = BatchReader.Read(images, autoencoder.Config.PixelRange, [.. Enumerable.Range(0, 20).Select(i => (long)i)]);
        using var latents = result.Model.Autoencoder.Encode(batch);

        Assert.Equal(1.0, latents.std().item<float>(), 1e-4);
        Assert.Equal(before, TinyModels.Fingerprint(result.Model.Autoencoder));
        Assert.Equal(1.0, autoencoder.Config.LatentScale);
        using var kept = new DiffusionTrainer(autoencoder, Short with { KeepLatentScale = true }).Train(images);
        Assert.Equal(1.0, kept.Model.Autoencoder.Config.LatentScale);
    }

    [Fact]
    public void The_model_has_the_averaged_weights()
    {
        using var latest = new DiffusionTrainer(autoencoder, Short with { EmaDecay = null }).Train(Labelled);
        using var averaged = new DiffusionTrainer(autoencoder, Short).Train(Labelled);
        using var forgetful = new DiffusionTrainer(autoencoder, Short with { EmaDecay = 0 }).Train(Labelled);

        Assert.NotEqual(TinyModels.Fingerprint(latest.Model), TinyModels.Fingerprint(averaged.Model));
        Assert.Equal(TinyModels.Fingerprint(latest.Model), TinyModels.Fingerprint(forgetful.Model));
    }

    [Fact]
    public void Every_step_reports_its_terms_and_validation_is_deterministic()
    {
        var reports = new List<TrainingStep>();
        var options = Short with { Epochs = 2, Steps = null, WarmupSteps = 4, LearningRate = 1e-12, WeightDecay = 0 };
        using var result = new DiffusionTrainer(autoencoder, options).Train(Labelled, Labelled, new Steps(reports.Add));

        Assert.Equal([1, 2, 3, 4, 5, 6], reports.Select(report => report.Step));
        Assert.Equal([1, 1, 1, 2, 2, 2], reports.Select(report => report.Epoch));
        Assert.Equal(["prediction"], reports[0].Terms.Select(term => term.Name));
        Assert.All(reports, report => Assert.Equal(report.Loss, report.Terms.Sum(term => term.Value * term.Weight), report.Loss * 1e-5));
        Assert.Equal(["loss_simple", "loss_gamma", "loss_vlb", "loss"], reports[0].Logged.Keys);
        Assert.Equal([3, 6], reports.Where(report => report.Validation is not null).Select(report => report.Step));
        var losses = reports.Select(report => report.Validation).OfType<DiffusionValidation>().Select(validation => validation.Loss).ToArray();
        Assert.Equal(losses[0], losses[1], 1e-6);
        Assert.Equal(losses[1], Assert.IsType<DiffusionValidation>(result.Validation).Loss);
        Assert.InRange(losses[0], 0.8, 1.2);   // an untrained network predicts 0 of a standard normal noise
    }

    [Fact]
    public void Cancelling_keeps_finished_steps()
    {
        using var cancel = new CancellationTokenSource();
        using var result = new DiffusionTrainer(autoencoder, Short).Train(
            Labelled, progress: new Steps(step => { if (step.Step == 3) cancel.Cancel(); }), cancellationToken: cancel.Token);

        Assert.Equal(TrainingOutcome.Cancelled, result.Outcome);
        Assert.Equal(3, result.LastStep!.Step);
        Assert.Equal(Trained(Short with { Steps = 3 }, Labelled), TinyModels.Fingerprint(result.Model));
    }

    [Fact]
    public void Cancelling_before_the_first_step_gives_the_untrained_model()
    {
        using var result = new DiffusionTrainer(autoencoder, Short).Train(Labelled, cancellationToken: new CancellationToken(canceled: true));
        Assert.Equal(TrainingOutcome.Cancelled, result.Outcome);
        Assert.Null(result.LastStep);
    }

    [Fact]
    public void Steps_leak_no_tensor_and_neither_does_the_training()
    {
        foreach (var options in new[] { Short, Short with { UNet = TinyModels.UNetConfig with { Dropout = 0.1 }, HorizontalFlips = true } })
        {
            new DiffusionTrainer(autoencoder, options).Train(Labelled, Labelled).Dispose();
            var before = LiveTensors();
            var during = new List<long>();
            new DiffusionTrainer(autoencoder, options).Train(Labelled, Labelled, new Steps(_ => during.Add(LiveTensors()))).Dispose();

            Assert.Single(during.Skip(1).Distinct());
            Assert.Equal(before, LiveTensors());
        }
    }

    [Fact]
    public void A_training_that_diverges_names_the_step_and_the_module()
    {
        var trainer = new DiffusionTrainer(autoencoder, Short with { Steps = 50, LearningRate = 1e30, GradientClipNorm = null });
        var error = Assert.Throws<TrainingDivergedException>(() => trainer.Train(Labelled));

        Assert.InRange(error.Step, 2, 50);
        Assert.StartsWith($"Training stopped at step {error.Step}: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Lower the learning rate, add a warm-up, or clip gradients.", error.Message, StringComparison.Ordinal);
    }

    private static long LiveTensors() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private string Trained(DiffusionTrainingOptions options, LabeledImages images)
    {
        using var result = new DiffusionTrainer(autoencoder, options).Train(images);
        return TinyModels.Fingerprint(result.Model);
    }
}
