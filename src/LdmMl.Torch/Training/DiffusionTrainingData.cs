using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Training;

/// <summary>What a diffusion model learns: latents and labels, and the first stage with the scale that makes the latents' variance 1.</summary>
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

    /// <summary>Gets the scaled latents to learn.</summary>
    public LatentCache Latents { get; }

    /// <summary>Gets their labels; null for none.</summary>
    public TrainingLabels? Labels { get; }

    /// <summary>Gets what tells the images and their labels from all others.</summary>
    public string Hash => Labels is null ? Latents.ImageHash : $"{Latents.ImageHash}, labels {Labels.Hash()}";

    /// <summary>Encodes the images, and those to validate on.</summary>
    /// <param name="autoencoder">The first stage.</param>
    /// <param name="options">How to train.</param>
    /// <param name="config">What is trained.</param>
    /// <param name="images">What is learnt.</param>
    /// <param name="validation">What the progress is measured on; null for nothing.</param>
    /// <param name="latentScale">The scale of the latents where it was measured before; null to measure it.</param>
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

    /// <summary>Makes what a training calls to validate; null where there is nothing to validate on.</summary>
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
        var present = autoencoder.Config.LatentScale;
        var deviation = wanted is { } scale ? present / scale : latents.StandardDeviation();
        if (!(deviation > 1e-12))
            return autoencoder.Share();                          // latents that never change have no scale; they keep theirs
        latents.Multiply(1 / deviation);
        return autoencoder.WithLatentScale(wanted ?? present / deviation, autoencoder.Config.LatentShift);
    }

    private static TrainingLabels? LabelsOf(LabeledImages images, LatentDiffusionConfig config, DiffusionTrainingOptions options) =>
        config.Conditioning is LabelConditioning labels ? new TrainingLabels(images.Labels!, labels.NullLabel, options.LabelDropout) : null;
}
