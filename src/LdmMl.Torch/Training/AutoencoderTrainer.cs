using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// Trains an autoencoder to reconstruct images (Rombach et al. 2022, section 3.1 and appendix G): reconstruction error and perceptual distance,
/// a discriminator, and, for the KL kind, the divergence of its posteriors from the standard normal, or, for the VQ kind, the codebook loss.
/// </summary>
/// <remarks>The same seed, images and starting weights give the same weights to the last bit on one machine's CPU.</remarks>
public sealed class AutoencoderTrainer
{
    private readonly AutoencoderModel model;
    private readonly AutoencoderTrainingOptions options;

    /// <summary>Prepares to train a model.</summary>
    /// <param name="model">
    /// The model in float32, freshly made or trained before. It is trained in place: every handle on its weights changes, and none may be used
    /// for anything else meanwhile. It stays with the caller.
    /// </param>
    /// <param name="options">How to train; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model is not in float32, or an option is outside its range.</exception>
    public AutoencoderTrainer(AutoencoderModel model, AutoencoderTrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
        this.options = options ?? new AutoencoderTrainingOptions();
        this.options.Validate();
        if (model.Config is VqAutoencoderConfig && (this.options.LearnLogVariance || this.options.LogVariance != 0))
        {
            throw new ArgumentException(
                $"A VQ autoencoder's loss is a mean without a variance: leave {nameof(this.options.LogVariance)} at 0 and " +
                $"{nameof(this.options.LearnLogVariance)} off.",
                nameof(options));
        }

        if (model.Precision != ModelPrecision.Float32)
        {
            throw new ArgumentException(
                $"The model computes in {model.Precision}, in which small weight changes round to nothing; train in " +
                $"{ModelPrecision.Float32} (model.To).",
                nameof(model));
        }
    }

    /// <summary>Trains.</summary>
    /// <param name="images">Images to learn; their sides must be multiples of the config's downsampling factor.</param>
    /// <param name="validation">Images to measure the progress on; null for none.</param>
    /// <param name="onStep">Called after each step on the training thread; null for no report.</param>
    /// <param name="cancellationToken">Ends the training between two steps; what is finished is kept, and no exception is thrown.</param>
    /// <returns>The trained model with its latent scale, and how it went. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There are no images, or their channels or size do not fit the model.</exception>
    /// <exception cref="TrainingDivergedException">
    /// A loss or a gradient is not finite; the message names the step and the module that first went wrong.
    /// </exception>
    public AutoencoderTrainingResult Train(
        IImageSet images, IImageSet? validation = null, Action<TrainingStep>? onStep = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        Check(images, nameof(images));
        if (validation is not null)
            Check(validation, nameof(validation));

        // Weights that are still learning would make transformed ones stale.
        using var held = model.With(ConvolutionMode.Direct);
        held.Network.train();
        held.BeginLearning();
        try
        {
            var steps = options.StepsFor(images.Count);
            using var batches = new BatchReader(images, model.Config.PixelRange, options, held.Device);
            using var learner = new AutoencoderLearner(held, options, steps);
            var run = new TrainingRun<Tensor>(learner, batches, steps, Validating(held, validation), options.ValidationInterval);
            run.Finish(onStep, cancellationToken);
            return Finish(run, held, images);
        }
        finally
        {
            held.Renew();
        }
    }

    private Func<int, ValidationResult>? Validating(AutoencoderModel model, IImageSet? images) =>
        images is null ? null : step => AutoencoderValidation.Measure(model, images, options.BatchSize, step);

    private AutoencoderTrainingResult Finish(TrainingRun<Tensor> run, AutoencoderModel held, IImageSet images)
    {
        held.Network.eval();
        using var scaled = run.LastStep is null
            ? held.Share() : held.WithLatentScale(LatentScaleMeasurement.Measure(held, images), held.Config.LatentShift);
        return new AutoencoderTrainingResult(
            scaled.With(model.Convolutions), run.Outcome, run.LastStep, run.Validation as ReconstructionValidation);
    }

    private void Check(IImageSet images, string name)
    {
        var config = model.Config;
        if (images.Count == 0)
            throw new ArgumentException("There are no images; add at least one.", name);
        if (images.Channels != config.ImageChannels)
            throw new ArgumentException($"The images have {images.Channels} channels, the model takes {config.ImageChannels}.", name);
        if (images.Width % config.DownsampleFactor != 0 || images.Height % config.DownsampleFactor != 0)
        {
            throw new ArgumentException(
                $"The images are {images.Width}x{images.Height}; both sides must be multiples of {config.DownsampleFactor}. " +
                "Resize or pad them first.",
                name);
        }

        CheckJudges(images, name);
    }

    private void CheckJudges(IImageSet images, string name)
    {
        var side = Math.Min(images.Width, images.Height);
        if (options.PerceptualModel is { } perceptual && side < perceptual.MinimumSize)
        {
            throw new ArgumentException(
                $"The images are {images.Width}x{images.Height}; {perceptual.Name} needs at least {perceptual.MinimumSize} pixels on each side. " +
                "Take larger images or another perceptual model.", name);
        }

        if (options.Adversarial is { } adversarial && side < adversarial.ConfigFor(images.Channels).MinimumSize)
        {
            throw new ArgumentException(
                $"The images are {images.Width}x{images.Height}; a discriminator of {adversarial.Layers} layers needs at least " +
                $"{adversarial.ConfigFor(images.Channels).MinimumSize} pixels on each side. Take larger images or fewer layers.", name);
        }
    }
}
