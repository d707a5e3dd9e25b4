using LdmMl.Torch.Arguments;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training.Streaming;

/// <summary>An autoencoder's training on images that are read while it trains.</summary>
public sealed class StreamedTrainingTests : IDisposable
{
    private static readonly AutoencoderTrainingOptions Short = new()
    {
        Steps = 6, BatchSize = 4, HorizontalFlips = true, CropSize = 8, ValidationInterval = 3, AccumulatedBatches = 2,
    };

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void The_weights_are_those_of_a_training_from_memory(int threads) => Assert.Equal(
        Trained(new ToyImages(9), Short), Trained(new StreamedImages(new ToyImages(9)), Short with { ReaderThreads = threads }));

    [Fact]
    public void An_image_that_becomes_unreadable_is_named_and_the_state_is_intact()
    {
        var options = Short with { StateFolder = Path.Combine(temporary.Path, "state"), SaveInterval = 1 };
        var images = new ToyImages(9);
        var failure = Assert.Throws<InvalidDataException>(
            () => Trained(new StreamedImages(images) { BreaksAfter = 60 }, options with { ValidationInterval = null }));
        Assert.Matches("^'image-[0-8].png' is gone.$", failure.Message);

        var resumed = Trained(new StreamedImages(images), options with { ValidationInterval = null, Resume = true, ReaderThreads = 2 });
        Assert.Equal(Trained(images, Short), resumed);
    }

    [Fact]
    public void A_state_does_not_depend_on_where_the_images_are()
    {
        var options = Short with { StateFolder = Path.Combine(temporary.Path, "state"), Decay = LearningRateDecay.None, WarmupSteps = 0 };
        Trained(new ToyImages(9), options with { Steps = 3 });
        Assert.Equal(
            Trained(new ToyImages(9), options with { StateFolder = null }),
            Trained(new StreamedImages(new ToyImages(9)), options with { Resume = true, ReaderThreads = 3 }));
    }

    [Fact]
    public void A_cancellation_before_the_first_step_leaves_the_model_and_the_state_as_they_were()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var options = Short with { StateFolder = Path.Combine(temporary.Path, "state") };
        using var model = TinyModels.Kl();
        var before = TinyModels.Fingerprint(model);
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(9), cancellationToken: cancelled.Token);
        Assert.Equal((TrainingOutcome.Cancelled, 0, before), (result.Outcome, result.Steps, TinyModels.Fingerprint(result.Model)));

        Trained(new ToyImages(9), options with { Steps = 6 });
        Assert.Throws<OperationCanceledException>(
            () => new AutoencoderTrainer(model, options with { Resume = true }).Train(new ToyImages(9), cancellationToken: cancelled.Token));
    }

    [Fact]
    public void A_crop_must_fit_the_images_and_the_network()
    {
        var images = new ToyImages(3);
        Assert.StartsWith(
            "CropSize is 17; the images are 16x16; it must not be larger than them.",
            Assert.Throws<OptionException>(() => Trained(images, Short with { CropSize = 17 })).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "CropSize is 7; with this network it must be a multiple of 2.",
            Assert.Throws<OptionException>(() => Trained(images, Short with { CropSize = 7 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_whose_sides_do_not_fit_the_network_can_be_cropped() =>
        Assert.NotEmpty(Trained(new ToyImages(5, side: 17), Short with { CropSize = 16 }));

    private static string Trained(IImageSet images, AutoencoderTrainingOptions options)
    {
        using var model = TinyModels.Kl();
        using var result = new AutoencoderTrainer(model, options).Train(images, images);
        return $"{TinyModels.Fingerprint(result.Model)} {result.Model.Config.LatentScale} {result.Validation}";
    }
}
