using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training;

/// <summary>Refusals before any work, and their messages.</summary>
public sealed class DiffusionTrainerErrorsTests : IDisposable
{
    private readonly AutoencoderModel autoencoder = TinyModels.Kl();
    private readonly DiffusionTrainingOptions options = new() { UNet = TinyModels.UNetConfig, Steps = 1 };

    public static TheoryData<DiffusionTrainingOptions, string> WrongOptions => new()
    {
        { new() { Steps = 0 }, "Steps is 0; it must be at least 1, or null to count epochs." },
        { new() { LearningRate = double.NaN }, "LearningRate is NaN; it must be above 0." },
        { new() { EmaDecay = 1 }, "EmaDecay is 1; it must be at least 0 and below 1, or null for no moving average." },
        { new() { LabelDropout = 1 }, "LabelDropout is 1; it must be at least 0 and below 1." },
        { new() { AccumulatedBatches = 0 }, "AccumulatedBatches is 0; it must be at least 1." },
        { new() { Patience = 0 }, "Patience is 0; it must be at least 1, or null to take all steps." },
        { new() { SaveInterval = 0 }, "SaveInterval is 0; it must be at least 1." },
        { new() { TextEncoder = new() { Tokens = 2 } }, "Tokens is 2; it must be in [3, 4096]." },
        { new() { TextEncoder = new() { Width = 10, Heads = 4 } }, "Width is 10; it must be a multiple of the 4 Heads." },
        { new() { TextEncoder = new() { VocabularySize = 6 } }, "VocabularySize is 6; it must be in [7, 1048576]." },
        { new() { GradientClipNorm = -1 }, "GradientClipNorm is -1; it must be above 0, or null for no clipping." },
    };

    public void Dispose() => autoencoder.Dispose();

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void An_option_outside_its_range_is_refused(DiffusionTrainingOptions wrong, string message)
    {
        var error = Assert.Throws<OptionException>(() => new DiffusionTrainer(autoencoder, wrong));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Labels_that_do_not_fit_the_images_are_refused()
    {
        Assert.StartsWith(
            "There are 2 labels for 3 images; give one label for each image.",
            Refusal(new(new ToyImages(3), [0, 1])), StringComparison.Ordinal);
        Assert.StartsWith("There are 1 label names, but no labels", Refusal(new(new ToyImages(3), LabelNames: ["a"])), StringComparison.Ordinal);
        Assert.StartsWith(
            "Image 2 has the label 2; labels go from 0 to 1.", Refusal(new(new ToyImages(3), [0, 1, 2], ["a", "b"])), StringComparison.Ordinal);
        Assert.StartsWith("Image 0 has the label -1; labels go from 0 to 1.", Refusal(new(new ToyImages(3), [-1, 1, 1])), StringComparison.Ordinal);
        Assert.StartsWith(
            "The label name 'a' occurs more than once; names must be unique.",
            Refusal(new(new ToyImages(3), [0, 1, 0], ["a", "a"])), StringComparison.Ordinal);
    }

    [Fact]
    public void Captions_that_do_not_fit_the_images_or_the_networks_are_refused()
    {
        static LabeledImages With(params string[][] captions) => new(new ToyImages(2)) { Captions = captions };

        Assert.StartsWith("There are captions for 1 of 2 images; give at least one for each image.", Refusal(With(["a"])), StringComparison.Ordinal);
        Assert.StartsWith("Image 1 has no caption; give at least one for each image.", Refusal(With(["a"], [])), StringComparison.Ordinal);
        Assert.StartsWith(
            "Image 0 has an empty caption; remove it. LabelDropout adds empty ones.", Refusal(With(["a", " "], ["b"])), StringComparison.Ordinal);
        Assert.StartsWith(
            "There are labels and captions; give only one of them, or include the labels in the captions.",
            Refusal(With(["a"], ["b"]) with { Labels = [0, 1] }), StringComparison.Ordinal);
        Assert.Contains("the U-Net has no cross-attention; set UNetConfig.ContextDimension", Refusal(With(["a"], ["b"])), StringComparison.Ordinal);
        var reading = options with { UNet = TinyModels.UNetConfig with { ContextDimension = 128 }, TextEncoder = new() { VocabularySize = 8 } };
        Assert.StartsWith(
            "VocabularySize is 8, but the texts have so many different letters that a vocabulary needs at least 9 tokens.",
            Refusal(With(["a"], ["b"]), other: reading), StringComparison.Ordinal);
        Assert.StartsWith(
            "The training images have captions, the validation images have none; both need them, or neither.",
            Refusal(With(["a"], ["b"]), new(new ToyImages(2)), reading), StringComparison.Ordinal);
    }

    [Fact]
    public void An_initial_model_with_other_channels_is_refused()
    {
        using var trained = new DiffusionTrainer(autoencoder, options with { UNet = TinyModels.UNetConfig with { BaseChannels = 16 } }).Train(new ToyImages(2));
        var other = options with { UNet = TinyModels.UNetConfig with { BaseChannels = 24, ChannelMultipliers = [1, 3] }, InitialModel = trained.Model };
        Assert.StartsWith(
            "InitialModel is 'random weights, seed 0'; the first layer of its U-Net is [16, 2, 3, 3], and that of the one to train [24, 2, 3, 3];",
            Assert.Throws<OptionException>(() => new DiffusionTrainer(autoencoder, other).Train(new ToyImages(2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_and_networks_that_do_not_fit_are_refused()
    {
        Assert.StartsWith("There are no images; add at least one.", Refusal(new(new ToyImages(0))), StringComparison.Ordinal);
        Assert.StartsWith(
            "The images are 17x17; both sides must be multiples of 2.", Refusal(new(new ToyImages(2, side: 17))), StringComparison.Ordinal);
        Assert.Contains("LatentHeight is 9; it must be a positive multiple of 2", Refusal(new(new ToyImages(2, side: 18))), StringComparison.Ordinal);
        Assert.Contains(
            "the U-Net takes 5 channels",
            Refusal(new(new ToyImages(2)), other: options with { UNet = TinyModels.UNetConfig with { InputChannels = 5 } }),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "Images 0 to 2 have no finite latents. The tensor given for encoding contains NaN or infinity",
            Refusal(new(new ToyImages(3) { Poisoned = 1 })), StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_with_other_labels_is_refused()
    {
        var learned = new LabeledImages(new ToyImages(2), [0, 1], ["a", "b"]);
        Assert.Contains("both need them, or neither", Refusal(learned, new LabeledImages(new ToyImages(2))), StringComparison.Ordinal);
        Assert.Contains(
            "label names of the validation images differ", Refusal(learned, new(new ToyImages(2), [0, 1], ["a", "c"])), StringComparison.Ordinal);
        Assert.Contains("labels up to 2, the training images only up to 1", Refusal(learned, new(new ToyImages(2), [0, 2])), StringComparison.Ordinal);
    }

    private string Refusal(LabeledImages images, LabeledImages? validation = null, DiffusionTrainingOptions? other = null) =>
        Assert.Throws<ArgumentException>(() => new DiffusionTrainer(autoencoder, other ?? options).Train(images, validation)).Message;
}
