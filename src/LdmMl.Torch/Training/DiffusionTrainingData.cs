using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Training;

/// <summary>
/// The training data of a diffusion model: latents and labels, and the first stage with the scale that makes the latents' variance 1.
/// </summary>
internal sealed class DiffusionTrainingData : IDisposable
{
    private readonly LatentCache? held;
    private readonly TrainingLabels? heldLabels;

    private DiffusionTrainingData(
        AutoencoderModel autoencoder, LatentCache latents, TrainingLabels? labels, LatentCache? held, TrainingLabels? heldLabels)
    {
        (Autoencoder, Latents, Labels) = (autoencoder, latents, labels);
        (this.held, this.heldLabels) = (held, heldLabels);
    }

    /// <summary>Gets the first stage, with the scale of <see cref="Latents"/>.</summary>
    public AutoencoderModel Autoencoder { get; }

    /// <summary>Gets the scaled training latents.</summary>
    public LatentCache Latents { get; }

    /// <summary>Gets their labels; null for none.</summary>
    public TrainingLabels? Labels { get; }

    /// <summary>Gets the hash of the images and their labels.</summary>
    public string Hash => Labels is null ? Latents.ImageHash : $"{Latents.ImageHash}, labels {Labels.Hash()}";

    /// <summary>Encodes the training and validation images.</summary>
    /// <param name="autoencoder">The first stage.</param>
    /// <param name="options">How to train.</param>
    /// <param name="config">The model that is trained.</param>
    /// <param name="images">The training images.</param>
    /// <param name="validation">The validation images; null for none.</param>
    /// <param name="latentScale">The scale of the latents if it was measured before; null to measure it.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public static DiffusionTrainingData Encode(
        AutoencoderModel autoencoder, DiffusionTrainingOptions options, LatentDiffusionConfig config, LabeledImages images, LabeledImages? validation,
        double? latentScale, CancellationToken cancellationToken)
    {
        var varies = options.LatentVariation == LatentVariation.Sample;
        var latents = LatentCache.Encode(autoencoder, images.Images, options.HorizontalFlips, varies, cancellationToken);
        AutoencoderModel? scaled = null;
        try
        {
            scaled = options.KeepLatentScale ? autoencoder.Share() : Rescale(autoencoder, latents, latentScale);
            var unseen = validation is null ? null : LatentCache.Encode(scaled, validation.Images, mirrored: false, varies: false, cancellationToken);
            return new DiffusionTrainingData(
                scaled, latents, LabelsOf(images, config, options), unseen, validation is null ? null : LabelsOf(validation, config, options));
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
        held is null ? null : step => learner.Validate(held, heldLabels, step);

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

    private static TrainingLabels? LabelsOf(LabeledImages images, LatentDiffusionConfig config, DiffusionTrainingOptions options) =>
        config.Conditioning is LabelConditioning labels ? new TrainingLabels(images.Labels!, labels.NullLabel, options.LabelDropout) : null;
}
