using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

public class AutoencoderTrainerErrorsTests
{
    [Fact]
    public void Exploding_weights_stop_the_training_and_step_and_module_are_named()
    {
        using var model = TinyModels.Kl();
        var steps = 0;
        var trainer = new AutoencoderTrainer(model, new() { Steps = 20, LearningRate = 1e30 });
        var error = Assert.Throws<TrainingDivergedException>(() => trainer.Train(new ToyImages(8), progress: new Steps(_ => steps++)));

        Assert.Equal(steps + 1, error.Step);
        Assert.StartsWith("encoder.", error.Module, StringComparison.Ordinal);
        Assert.Equal(
            $"Training stopped at step {error.Step}: the module '{error.Module}' was the first to output NaN or infinity. " +
            "Lower the learning rate, add a warm-up, or clip gradients.",
            error.Message);
        Assert.False(model.Network.training);
    }

    [Fact]
    public void A_broken_weight_is_named_by_its_module()
    {
        using var model = TinyModels.Kl();
        using (no_grad())
            model.Network.get_parameter("decoder.conv_in.weight")!.fill_(Real(float.NaN));
        var error = Assert.Throws<TrainingDivergedException>(() => new AutoencoderTrainer(model).Train(new ToyImages(8)));

        Assert.Equal(1, error.Step);
        Assert.Equal("decoder.conv_in", error.Module);
    }

    [Fact]
    public void An_image_that_is_not_finite_stops_the_training()
    {
        using var model = TinyModels.Kl();
        var error = Assert.Throws<TrainingDivergedException>(() => new AutoencoderTrainer(model).Train(new ToyImages(8) { Poisoned = 5 }));
        Assert.Equal("Training stopped at step 1: an image of the batch contains NaN or infinity; check the source of the images.", error.Message);
    }

    [Fact]
    public void Images_that_do_not_fit_the_model_are_refused()
    {
        using var model = TinyModels.Kl();
        var trainer = new AutoencoderTrainer(model);

        Assert.StartsWith("There are no images; add at least one.", Refusal(() => trainer.Train(new ImageSet(16, 16))), StringComparison.Ordinal);
        Assert.StartsWith(
            "The images are 15x15; both sides must be multiples of 2. Resize or pad them first.",
            Refusal(() => trainer.Train(new ToyImages(2, side: 15))), StringComparison.Ordinal);
        var grey = new ImageSet(16, 16, channels: 1);
        grey.Add(new byte[256], PixelLayout.Gray8);
        Assert.StartsWith("The images have 1 channels, but the model takes 3.", Refusal(() => trainer.Train(grey)), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_outside_their_range_are_refused_with_their_name()
    {
        using var model = TinyModels.Kl();
        Assert.Equal(
            "BatchSize is 0; it must be at least 1.",
            Refusal(() => _ = new AutoencoderTrainer(model, new() { BatchSize = 0 })));
        Assert.Equal(
            "Beta1 is 1; it must be at least 0 and below 1.",
            Refusal(() => _ = new AutoencoderTrainer(model, new() { Beta1 = 1 })));
        Assert.Equal(
            "GradientClipNorm is 0; it must be above 0, or null for no clipping.",
            Refusal(() => _ = new AutoencoderTrainer(model, new() { GradientClipNorm = 0 })));
    }

    [Fact]
    public void Options_of_the_objective_outside_their_range_are_refused()
    {
        using var model = TinyModels.Kl();
        Assert.Equal(
            "PerceptualWeight is 0; it must be above 0; for no perceptual term set no PerceptualModel.",
            Refusal(() => _ = new AutoencoderTrainer(model, new() { PerceptualWeight = 0 })));
        Assert.Equal(
            "Adversarial.Weight is -1; it must be above 0; for no discriminator set no adversarial options.",
            Refusal(() => _ = new AutoencoderTrainer(model, new() { Adversarial = new() { Weight = -1 } })));
        Assert.Equal(
            "Adversarial.StartStep is -1; it must be at least 0, or null for a third of the steps.",
            Refusal(() => _ = new AutoencoderTrainer(model, new() { Adversarial = new() { StartStep = -1 } })));
        Assert.Equal(
            "Adversarial.LearningRate is 0; it must be above 0, or null for the autoencoder's.",
            Refusal(() => _ = new AutoencoderTrainer(model, new() { Adversarial = new() { LearningRate = 0 } })));
        using var vq = TinyModels.Vq();
        Assert.StartsWith(
            "A VQ autoencoder's loss is a mean without a variance: leave LogVariance at 0 and LearnLogVariance off.",
            Refusal(() => _ = new AutoencoderTrainer(vq, new() { LearnLogVariance = true })), StringComparison.Ordinal);
    }

    [Fact]
    public void Images_too_small_for_the_discriminator_are_refused_before_any_step()
    {
        using var model = TinyModels.Kl();
        var trainer = new AutoencoderTrainer(model, new() { Adversarial = new() { Layers = 3 } });
        Assert.StartsWith(
            "The images are 16x16; a discriminator of 3 layers needs at least 24 pixels on each side. Use larger images or fewer layers.",
            Refusal(() => trainer.Train(new ToyImages(2))), StringComparison.Ordinal);
    }

    private static string Refusal(Action act) => Assert.ThrowsAny<ArgumentException>(act).Message;
}
