using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models;
using LdmMl.Torch.Training.States;

namespace LdmMl.Torch.Training;

/// <summary>
/// Trains a diffusion model in the latent space of an autoencoder, which stays as it is (Rombach et al. 2022, section 3.2): images are encoded once,
/// and a U-Net learns to predict the noise in their latents, with or without a label.
/// </summary>
/// <remarks>The same seed, images and autoencoder give the same weights to the last bit on one machine's CPU.</remarks>
public sealed class DiffusionTrainer
{
    private readonly AutoencoderModel autoencoder;
    private readonly DiffusionTrainingOptions options;

    /// <summary>Prepares to train.</summary>
    /// <param name="autoencoder">The trained first stage; the U-Net is trained on its device. It stays with the caller and is not changed.</param>
    /// <param name="options">How to train; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public DiffusionTrainer(AutoencoderModel autoencoder, DiffusionTrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        this.autoencoder = autoencoder;
        this.options = options ?? new DiffusionTrainingOptions();
        this.options.Validate();
    }

    /// <summary>Trains without labels.</summary>
    /// <inheritdoc cref="Train(LabeledImages, LabeledImages?, Action{TrainingStep}?, CancellationToken)"/>
    public DiffusionTrainingResult Train(
        IImageSet images, IImageSet? validation = null, Action<TrainingStep>? onStep = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Train(new LabeledImages(images), validation is null ? null : new LabeledImages(validation), onStep, cancellationToken);
    }

    /// <summary>Trains.</summary>
    /// <param name="images">Images to learn; their sides must suit the autoencoder and the U-Net.</param>
    /// <param name="validation">Images to measure the progress on, of the same size and with the same kind of labels; null for none.</param>
    /// <param name="onStep">Called after each step on the training thread; null for no report.</param>
    /// <param name="cancellationToken">Ends the training between two steps; what is finished is kept, and no exception is thrown.</param>
    /// <returns>The trained model, and how it went. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There are no images, or their channels, size or labels do not fit the model.</exception>
    /// <exception cref="Checkpoints.CheckpointException">The state to go on from is missing, damaged, or of another training.</exception>
    /// <exception cref="TrainingDivergedException">
    /// A loss or a gradient is not finite; the message names the step and the module that first went wrong.
    /// </exception>
    public DiffusionTrainingResult Train(
        LabeledImages images, LabeledImages? validation = null, Action<TrainingStep>? onStep = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var config = DiffusionTrainingDoor.Check(autoencoder.Config, options, images, validation);
        var keeper = StateKeeper.Open(options, config, autoencoder, options.StepsFor(images.Images.Count));
        DiffusionTrainingData data;
        try
        {
            data = DiffusionTrainingData.Encode(autoencoder, options, config, images, validation, keeper?.LatentScale, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            var untrained = LatentDiffusionModel.Create(autoencoder, config, options.Seed);
            return new DiffusionTrainingResult(untrained, TrainingOutcome.Cancelled, lastStep: null, validation: null);
        }

        using (data)
            return Train(data, config, keeper, onStep, cancellationToken);
    }

    private DiffusionTrainingResult Train(
        DiffusionTrainingData data, LatentDiffusionConfig config, StateKeeper? keeper, Action<TrainingStep>? onStep,
        CancellationToken cancellationToken)
    {
        using var model = Create(data, config);
        var averaged = options.EmaDecay is null ? null : Create(data, config);
        try
        {
            var steps = options.StepsFor(data.Latents.Count);
            using var batches = new LatentBatches(data.Latents, data.Labels, options, model.Device);
            using var learner = new DiffusionLearner(model, averaged, options, steps);
            var run = new TrainingRun<LatentBatch>(learner, batches, steps, data.Validating(learner), options.ValidationInterval)
            {
                StepsBefore = keeper?.StepsBefore ?? 0,
            };
            keeper?.Begin(data.Hash, data.Autoencoder.Config.LatentScale, batches, learner);
            model.Denoiser.train();
            Finish(run, keeper, onStep, cancellationToken);
            model.Denoiser.eval();
            return new DiffusionTrainingResult(averaged ?? model.Share(), run.Outcome, run.LastStep, run.Validation as DiffusionValidation);
        }
        catch
        {
            averaged?.Dispose();
            throw;
        }
    }

    private static void Finish(TrainingRun<LatentBatch> run, StateKeeper? keeper, Action<TrainingStep>? onStep, CancellationToken cancellationToken)
    {
        try
        {
            run.Finish(
                step =>
                {
                    keeper?.After(step.Step);
                    onStep?.Invoke(step);
                },
                cancellationToken);
        }
        catch (OperationCanceledException)                       // by whoever is told of the steps
        {
            keeper?.Save(run.StepsDone);
            throw;
        }

        keeper?.Save(run.StepsDone);
    }

    private LatentDiffusionModel Create(DiffusionTrainingData data, LatentDiffusionConfig config)
    {
        using var made = LatentDiffusionModel.Create(data.Autoencoder, config, options.Seed);
        return made.To(autoencoder.Device, ModelPrecision.Float32);
    }
}
