using LdmMl.Torch.Arguments;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Torch.Training;

/// <summary>The trained model that a LoRA changes. It determines everything that would otherwise be chosen for a new model.</summary>
/// <param name="model">The model; still owned by the caller.</param>
internal sealed class LoraBase(LatentDiffusionModel model)
{
    private const string Decided = "leave it out: a LoRA is trained for the model in ";

    /// <summary>Checks that the options of a LoRA training suit each other and the model.</summary>
    /// <exception cref="OptionException">They do not.</exception>
    public static void Validate(DiffusionTrainingOptions options)
    {
        var lora = options.Lora!;
        lora.Validate();
        var initial = options.InitialModel;
        Check.That(
            initial is not null, initial, $"a LoRA changes a trained model ({nameof(options.Lora)}); give the model", nameof(options.InitialModel));
        var (config, usual) = (initial!.Config, new DiffusionTrainingOptions());
        RequireUsual(options.UNet is null, options.UNet?.GetType().Name, nameof(options.UNet));
        RequireUsual(options.TextEncoder == usual.TextEncoder, nameof(TextEncoderTrainingOptions), nameof(options.TextEncoder));
        RequireUsual(options.Sampling == usual.Sampling, nameof(options.Sampling), nameof(options.Sampling));
        RequireUsual(options.Schedule == usual.Schedule || options.Schedule == config.Schedule, options.Schedule.Curve, nameof(options.Schedule));
        RequireUsual(
            options.Loss.Prediction == usual.Loss.Prediction || options.Loss.Prediction == config.Prediction, options.Loss.Prediction,
            nameof(options.Loss.Prediction));
        RequireUsual(
            options.LabelInput == usual.LabelInput || (config.Conditioning as LabelConditioning)?.Input == options.LabelInput, options.LabelInput,
            nameof(options.LabelInput));
        RequireTrainable(initial);
        var widest = LoraFactors.WidestOf(initial.Network);
        Check.That(lora.Rank <= widest, lora.Rank, $"it must be at most {widest}, the width of the model's widest attention: no change has a higher rank");
    }

    /// <summary>Checks that the images suit the model, and describes it for images of their size.</summary>
    /// <exception cref="ArgumentException">They do not; the message says what is needed.</exception>
    public LatentDiffusionConfig ConfigFor(AutoencoderConfig autoencoder, LabeledImages images)
    {
        Require(
            (images.Labels is not null) == (model.Config.Conditioning is LabelConditioning),
            images.Labels is null ? "takes labels, but the training images have none" : "takes no labels, but the training images have some");
        Require(
            (images.Captions is not null) == (model.Config.Conditioning.CrossAttention is not null),
            images.Captions is null ? "takes prompts, but the training images have no captions" : "takes no prompts, but the training images have captions");
        return model.Config with
        {
            LatentHeight = images.Images.Height / autoencoder.DownsampleFactor, LatentWidth = images.Images.Width / autoencoder.DownsampleFactor,
        };
    }

    /// <summary>Replaces the numbers of labels by those that the model has for the same names.</summary>
    /// <exception cref="ArgumentException">The model does not know a label.</exception>
    public LabeledImages Renumber(LabeledImages images)
    {
        if (model.Config.Conditioning is not LabelConditioning known)
            return images;
        if (images.LabelNames is { } names)
        {
            var numbers = names.Select(known.IndexOf).ToArray();
            return images with { Labels = [.. images.Labels!.Select(label => numbers[label])], LabelNames = known.Names };
        }

        Require(images.LabelCount <= known.Count, $"has {known.Count} labels, but the images have labels up to {images.LabelCount - 1}");
        return images;
    }

    /// <summary>Checks that latents are those of the model.</summary>
    /// <exception cref="ArgumentException">The first stage is another one.</exception>
    public void RequireFirstStage(AutoencoderModel autoencoder) => Require(
        autoencoder.Config.LatentScale == model.Autoencoder.Config.LatentScale
        && autoencoder.ComputeWeightHash() == model.Autoencoder.ComputeWeightHash(),
        "was trained in the latent space of another autoencoder than the one given; use the model's own");

    /// <summary>Copies the model, so that its U-Net can learn; the caller disposes the copy.</summary>
    public LatentDiffusionModel Copy(TorchSharp.torch.Device device)
    {
        using var exact = model.To(device, ModelPrecision.Float32);
        return exact.Changed(exact.CopyUNet(), exact.OwnEncoder?.Share(), exact.Loras, exact.Words);
    }

    /// <summary>Gets the text encoder; null for a model without prompts.</summary>
    public TextPart? Text => model.OwnEncoder?.Parts[0];

    private static void RequireUsual(bool holds, object? value, string member) =>
        Check.That(holds, value, $"{Decided}{nameof(DiffusionTrainingOptions.InitialModel)}, which has its own", member);

    private static void RequireTrainable(LatentDiffusionModel initial)
    {
        const string Member = nameof(DiffusionTrainingOptions.InitialModel);
        var context = initial.Config.Conditioning as ContextConditioning;
        Check.That(
            initial.Config.Conditioning is not ConcatenatedConditioning, initial.Source,
            "its U-Net also takes an image, and such models cannot be trained; use one that takes labels or prompts, or neither", Member);
        Check.That(
            context?.Vector is null, initial.Source, "its U-Net also takes a vector, as SDXL does, and such models cannot be trained", Member);
        Check.That(
            context is null || initial.OwnEncoder is not null, initial.Source, "it takes prompts, but was opened without its text encoder", Member);
        Check.That(
            ReferenceEquals(initial.TextEncoder, initial.OwnEncoder), initial.Source,
            "another text encoder is plugged in; use the model with its own", Member);
        Check.That(
            context is null || !initial.OwnEncoder!.Parts[0].UsesMask, initial.Source,
            "its text encoder masks padding, which a training does not", Member);
    }

    private void Require(bool holds, string what)
    {
        if (!holds)
            throw new ArgumentException($"The LoRA's model ({model.Source}) {what}.");
    }
}
