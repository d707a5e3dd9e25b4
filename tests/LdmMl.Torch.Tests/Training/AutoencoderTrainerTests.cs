using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

public class AutoencoderTrainerTests
{
    private static readonly AutoencoderTrainingOptions Short = new()
    {
        Steps = 6, BatchSize = 4, LearningRate = 2e-3, Decay = LearningRateDecay.None,
    };

    [Fact]
    public void The_same_seed_gives_the_same_weights()
    {
        Assert.Equal(Trained(Short with { HorizontalFlips = true }), Trained(Short with { HorizontalFlips = true }));
    }

    [Fact]
    public void A_different_seed_gives_different_weights() => Assert.NotEqual(Trained(Short), Trained(Short with { Seed = 1 }));

    [Theory]
    [InlineData("kl")]
    [InlineData("vq")]
    [InlineData("tiny")]
    public void Every_kind_learns_a_toy_set(string kind)
    {
        using var model = Create(kind);
        var losses = new List<double>();
        var options = new AutoencoderTrainingOptions { Steps = 40, BatchSize = 8, LearningRate = 3e-3, Decay = LearningRateDecay.Cosine };
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(24), progress: new Steps(step => losses.Add(step.Terms[0].Value)));

        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.True(losses.TakeLast(5).Average() < 0.7 * losses.Take(5).Average(), $"from {losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void Latents_of_the_trained_model_have_variance_one()
    {
        using var model = TinyModels.Kl();
        var images = new ToyImages(20);
        using var result = new AutoencoderTrainer(model, Short).Train(images);
        using var batch = BatchReader.Read(images, model.Config.PixelRange, [.. Enumerable.Range(0, 20).Select(i => (long)i)]);
        using var latents = result.Model.Encode(batch);
        using var deviation = latents.std();

        Assert.Equal(1.0, deviation.item<float>(), 1e-4);
        Assert.Equal(1.0, model.Config.LatentScale);
    }

    [Fact]
    public void Every_step_reports_its_terms_and_every_epoch_the_validation()
    {
        using var model = TinyModels.Kl();
        var reports = new List<TrainingStep>();
        var options = new AutoencoderTrainingOptions { Epochs = 2, BatchSize = 4, WarmupSteps = 4, Decay = LearningRateDecay.None };
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(10), new ToyImages(3), new Steps(reports.Add));

        Assert.Equal([1, 2, 3, 4, 5, 6], reports.Select(report => report.Step));
        Assert.Equal([1, 1, 1, 2, 2, 2], reports.Select(report => report.Epoch));
        Assert.Equal([3, 6], reports.Where(report => report.Validation is not null).Select(report => report.Step));
        Assert.Equal(["reconstruction", "kullback-leibler"], reports[0].Terms.Select(term => term.Name));
        Assert.All(reports, report => Assert.Equal(report.Loss, report.Terms.Sum(term => term.Value * term.Weight), report.Loss * 1e-5));
        Assert.All(reports, report => Assert.True(report.ImagesPerSecond > 0 && report.GradientNorm > 0));
        Assert.Equal(2.5e-4, reports[0].LearningRate, 1e-12);
        var validation = Assert.IsType<ReconstructionValidation>(result.Validation);
        Assert.InRange(validation.Psnr, 1, 60);
        Assert.InRange(validation.MeanAbsoluteError, 0.001, 1);
    }

    [Fact]
    public void Cancelling_keeps_finished_steps()
    {
        using var model = TinyModels.Kl();
        using var cancel = new CancellationTokenSource();
        using var result = new AutoencoderTrainer(model, Short).Train(
            new ToyImages(8), progress: new Steps(step => { if (step.Step == 3) cancel.Cancel(); }), cancellationToken: cancel.Token);

        Assert.Equal(TrainingOutcome.Cancelled, result.Outcome);
        Assert.Equal(3, result.LastStep!.Step);
        Assert.Equal(Trained(Short with { Steps = 3 }), TinyModels.Fingerprint(result.Model));
    }

    [Fact]
    public void Clipping_bounds_a_steps_update()
    {
        using var model = TinyModels.Kl();
        using var other = TinyModels.Kl();
        new AutoencoderTrainer(model, Short with { Steps = 3 }).Train(new ToyImages(8)).Dispose();
        new AutoencoderTrainer(other, Short with { Steps = 3, GradientClipNorm = 1e-9 }).Train(new ToyImages(8)).Dispose();

        // Adam divides by the size of the gradients plus 1e-8, so only gradients far below that give small steps.
        Assert.True(Moved(other) < 0.2 * Moved(model), $"{Moved(other)} against {Moved(model)}");
    }

    [Fact]
    public void Training_leaves_the_model_ready_for_inference_and_frees_its_tensors()
    {
        using var model = TinyModels.Kl();
        new AutoencoderTrainer(model, Short).Train(new ToyImages(8), new ToyImages(2)).Dispose();
        var before = LiveTensors();
        var during = new List<long>();
        new AutoencoderTrainer(model, Short).Train(new ToyImages(8), new ToyImages(2), new Steps(_ => during.Add(LiveTensors()))).Dispose();

        Assert.Single(during.Skip(1).Distinct());
        Assert.Equal(before, LiveTensors());
        Assert.False(model.Network.training);
    }

    [Fact]
    public void Steps_use_the_mode_of_the_training_and_validations_libtorchs_and_the_result_that_of_the_model()
    {
        using var made = TinyModels.Kl();
        using var model = made.With(ConvolutionMode.Exact);
        var seen = new HashSet<(ConvolutionMode Mode, bool Trains)>();
        foreach (var layer in model.Network.modules().OfType<ImageConvolution>())
        {
            layer.register_forward_hook((_, _, output) =>
            {
                seen.Add((ConvolutionScope.Current, is_grad_enabled()));
                return output;
            });
        }

        using var result = new AutoencoderTrainer(model, Short).Train(new ToyImages(8), new ToyImages(2));

        Assert.Equal([(ConvolutionMode.Auto, true), (ConvolutionMode.Direct, false)], seen);
        Assert.Equal(ConvolutionMode.Exact, result.Model.Convolutions);
        Assert.Same(model.Network, result.Model.Network);
    }

    [Fact]
    public void Transformed_weights_from_before_a_training_are_not_used_afterwards()
    {
        using var scope = NewDisposeScope();
        using var model = AutoencoderModel.Create(TinyModels.KlConfig with { BaseChannels = 64 }, seed: 1);
        using var other = model.Share();
        var images = rand([1, 64, 16, 16]).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);      // channels last
        var before = Convolve(other, images, ConvolutionMode.Auto);

        new AutoencoderTrainer(model, Short with { LearningRate = 0.1 }).Train(new ToyImages(8)).Dispose();
        var after = Convolve(other, images, ConvolutionMode.Auto);

        Assert.True(after.allclose(Convolve(other, images, ConvolutionMode.Direct), atol: 1e-3));
        Assert.False(after.allclose(before, atol: 0.1));
    }

    [Fact]
    public void Between_steps_the_model_computes_with_its_current_weights()
    {
        using var scope = NewDisposeScope();
        using var model = AutoencoderModel.Create(TinyModels.KlConfig with { BaseChannels = 64 }, seed: 1);
        using var direct = model.With(ConvolutionMode.Direct);
        var images = rand(1, 3, 32, 32);
        model.Reconstruct(images);                               // transforms the weights from before the training

        new AutoencoderTrainer(model, Short).Train(new ToyImages(8), progress: new Steps(_ =>
            Assert.True(model.Reconstruct(images).allclose(direct.Reconstruct(images), rtol: 0, atol: 0)))).Dispose();

        Assert.True(model.Reconstruct(images).allclose(direct.Reconstruct(images), atol: 1e-3));
    }

    private static Tensor Convolve(AutoencoderModel model, Tensor images, ConvolutionMode mode)
    {
        using var quiet = no_grad();
        using var scope = new ConvolutionScope(mode);
        return model.Network.modules().OfType<ImageConvolution>().First(layer => layer.Weight.shape is [64, 64, 3, 3] && layer.Stride == 1).call(images);
    }

    private static long LiveTensors() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private static string Trained(AutoencoderTrainingOptions options)
    {
        using var model = TinyModels.Kl();
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(8));
        return TinyModels.Fingerprint(result.Model);
    }

    private static double Moved(AutoencoderModel model)
    {
        using var start = TinyModels.Kl();
        return start.Network.parameters().Zip(model.Network.parameters(), (a, b) => (double)(a - b).abs().max().item<float>()).Max();
    }

    private static AutoencoderModel Create(string kind) => kind switch
    {
        "kl" => TinyModels.Kl(),
        "vq" => TinyModels.Vq(),
        _ => AutoencoderModel.Create(new TinyAutoencoderConfig { Width = 8 }, seed: 1),
    };
}
