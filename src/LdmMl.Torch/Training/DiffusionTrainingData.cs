using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Training;

/// <summary>What a diffusion model learns: latents and labels, and the first stage with the scale that makes the latents' variance 1.</summary>
internal sealed class DiffusionTrainingData : IDisposable
{
    private readonly LatentCache? held;
    private readonly TrainingLabels? heldLabels;

    private DiffusionTrainingData(AutoencoderModel autoencoder, LatentCache latents, TrainingLabels? labels, LatentCache? held, TrainingLabels? heldLabels)
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

    /// <summary>Encodes the images, and those to validate on.</summary>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public static DiffusionTrainingData Encode(
        AutoencoderModel autoencoder, DiffusionTrainingOptions options, LatentDiffusionConfig config, LabeledImages images, LabeledImages? validation,
        CancellationToken cancellationToken)
    {
        var varies = options.LatentVariation == LatentVariation.Sample;
        var latents = LatentCache.Encode(autoencoder, images.Images, options.HorizontalFlips, varies, cancellationToken);
        AutoencoderModel? scaled = null;
        try
        {
            scaled = options.KeepLatentScale ? autoencoder.Share() : Rescale(autoencoder, latents);
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

    private static AutoencoderModel Rescale(AutoencoderModel autoencoder, LatentCache latents)
    {
        var deviation = latents.StandardDeviation();
        if (!(deviation > 1e-12))
            return autoencoder.Share();                          // latents that never change have no scale; they keep theirs
        latents.Multiply(1 / deviation);
        return autoencoder.WithLatentScale(autoencoder.Config.LatentScale / deviation, autoencoder.Config.LatentShift);
    }

    private static TrainingLabels? LabelsOf(LabeledImages images, LatentDiffusionConfig config, DiffusionTrainingOptions options) =>
        config.Conditioning is LabelConditioning labels ? new TrainingLabels(images.Labels!, labels.NullLabel, options.LabelDropout) : null;
}
