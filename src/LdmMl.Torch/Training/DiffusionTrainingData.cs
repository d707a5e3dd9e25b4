using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Torch.Training;

/// <summary>
/// The training data of a diffusion model: latents with labels or captions, and the first stage with the scale that makes the latents' variance 1.
/// </summary>
internal sealed class DiffusionTrainingData : IDisposable
{
    private readonly LatentCache? held;
    private readonly TrainingConditions? heldConditions;

    private DiffusionTrainingData(
        AutoencoderModel autoencoder, LatentCache latents, TrainingConditions conditions, LatentCache? held, TrainingConditions? heldConditions)
    {
        (Autoencoder, Latents, Conditions) = (autoencoder, latents, conditions);
        (this.held, this.heldConditions) = (held, heldConditions);
    }

    /// <summary>Gets the first stage, with the scale of <see cref="Latents"/>.</summary>
    public AutoencoderModel Autoencoder { get; }

    /// <summary>Gets the scaled training latents.</summary>
    public LatentCache Latents { get; }

    /// <summary>Gets their labels or captions.</summary>
    public TrainingConditions Conditions { get; }

    /// <summary>Gets the hash of the images and their conditions.</summary>
    public string Hash => Latents.ImageHash + Conditions.Hash;

    /// <summary>Encodes the training and validation images.</summary>
    /// <param name="autoencoder">The first stage.</param>
    /// <param name="options">How to train.</param>
    /// <param name="config">The model that is trained.</param>
    /// <param name="text">The text encoder that is trained; null for a model without captions.</param>
    /// <param name="images">The training images.</param>
    /// <param name="validation">The validation images; null for none.</param>
    /// <param name="latentScale">The scale of the latents if it was measured before; null to measure it.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public static DiffusionTrainingData Encode(
        AutoencoderModel autoencoder, DiffusionTrainingOptions options, LatentDiffusionConfig config, TextPart? text, LabeledImages images,
        LabeledImages? validation, double? latentScale, CancellationToken cancellationToken)
    {
        var varies = options.LatentVariation == LatentVariation.Sample;
        var latents = LatentCache.Encode(autoencoder, images.Images, options.HorizontalFlips, varies, options, cancellationToken);
        AutoencoderModel? scaled = null;
        try
        {
            scaled = options.KeepLatentScale ? autoencoder.Share() : Rescale(autoencoder, latents, latentScale);
            var unseen = validation is null ? null : LatentCache.Encode(
                scaled, validation.Images, mirrored: false, varies: false, options, cancellationToken);
            return new DiffusionTrainingData(
                scaled, latents, ConditionsOf(images, config, text, options), unseen,
                validation is null ? null : ConditionsOf(validation, config, text, options));
        }
        catch
        {
            scaled?.Dispose();
            latents.Dispose();
            throw;
        }
    }

    /// <summary>Creates the validation of a training; null without validation images.</summary>
    public Func<int, ValidationResult>? Validating(DiffusionLearner learner) =>
        held is null ? null : step => learner.Validate(held, heldConditions!, step);

    public void Dispose()
    {
        Autoencoder.Dispose();
        Latents.Dispose();
        held?.Dispose();
    }

    private static AutoencoderModel Rescale(AutoencoderModel autoencoder, LatentCache latents, double? wanted)
    {
        var (present, measured) = (autoencoder.Config.LatentScale, latents.Measure());
        if (wanted is null && !measured.IsDefined)
            return autoencoder.Share();
        var deviation = wanted is { } scale ? present / scale : measured.Deviation;
        latents.Multiply(1 / deviation);
        return autoencoder.WithLatentScale(wanted ?? present / deviation, autoencoder.Config.LatentShift);
    }

    private static TrainingConditions ConditionsOf(
        LabeledImages images, LatentDiffusionConfig config, TextPart? text, DiffusionTrainingOptions options) => new(
        config.Conditioning is LabelConditioning labels ? new TrainingLabels(images.Labels!, labels.NullLabel, options.LabelDropout) : null,
        text is null ? null : new TrainingCaptions(images.Captions!, text.Tokenizer, options.LabelDropout));
}
