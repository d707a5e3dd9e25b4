using System.Text.Json.Nodes;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using LdmMl.Torch.Training.Monitoring;
using LdmMl.Torch.Training.States;
using LdmMl.Torch.Training.Streaming;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// Trains an autoencoder to reconstruct images (Rombach et al. 2022, section 3.1 and appendix G): reconstruction error and perceptual distance,
/// a discriminator, and, for the KL kind, the divergence of its posteriors from the standard normal, or, for the VQ kind, the codebook loss.
/// </summary>
/// <remarks>The same seed, images and initial weights give bit-identical weights on one machine's CPU.</remarks>
/// <example>
/// <code>
/// var images = new ImageSet(width: 64, height: 64);
/// images.Add(new byte[64 * 64 * 3], PixelLayout.Rgb24);        // and so on, one for each image
/// var network = new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1, 2, 2], LatentChannels = 4, NormGroups = 8 };
/// using var model = AutoencoderModel.Create(network, seed: 1);
/// var trainer = new AutoencoderTrainer(model, new AutoencoderTrainingOptions { Steps = 2000, StateFolder = "training" });
/// using var result = trainer.Train(images, progress: new Progress&lt;TrainingStep&gt;(step => Console.WriteLine($"{step.Step}: {step.Loss}")));
/// result.Model.Save("my-autoencoder");
/// </code>
/// </example>
public sealed class AutoencoderTrainer
{
    private readonly AutoencoderModel model;
    private readonly AutoencoderTrainingOptions options;

    /// <summary>Prepares to train a model.</summary>
    /// <param name="model">
    /// The model in float32, new or trained before. It is trained in place: every handle to its weights changes, and none may be used for anything
    /// else meanwhile. The caller still owns it.
    /// </param>
    /// <param name="options">How to train; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model is not in float32, or an option is outside its range.</exception>
    public AutoencoderTrainer(AutoencoderModel model, AutoencoderTrainingOptions? options = null) =>
        this.model = Checked(model, this.options = options ?? new AutoencoderTrainingOptions());

    /// <summary>Trains.</summary>
    /// <param name="images">
    /// Training images; their sides, or <see cref="AutoencoderTrainingOptions.CropSize"/>, must be multiples of the config's downsampling factor.
    /// </param>
    /// <param name="validation">Validation images; null for none.</param>
    /// <param name="progress">
    /// Receives every step, on the training thread; null for no reports. <see cref="Progress{T}"/> passes them on to another thread. One that throws
    /// <see cref="OperationCanceledException"/> ends the training; the state is kept.
    /// </param>
    /// <param name="cancellationToken">Ends the training between two steps; the finished steps are kept, and no exception is thrown.</param>
    /// <returns>The trained model with its latent scale, and the history. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There are no images, or their channels or size do not fit the model.</exception>
    /// <exception cref="Checkpoints.CheckpointException">The state to resume from is missing, damaged, or of another training.</exception>
    /// <exception cref="OperationCanceledException">
    /// A training that resumes was cancelled while the content of its images was still being compared; the state is not changed.
    /// </exception>
    /// <exception cref="TrainingDivergedException">
    /// A loss or a gradient is not finite; the message names the step and the module that first went wrong.
    /// </exception>
    public TrainingResult<AutoencoderModel> Train(
        IImageSet images, IImageSet? validation = null, IProgress<TrainingStep>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        AutoencoderTrainingImages.RequireFit(model.Config, options, images, nameof(images));
        if (validation is not null)
            AutoencoderTrainingImages.RequireFit(model.Config, options, validation, nameof(validation));
        options.RequireValidation(validation is not null);
        var (shown, held) = (CenteredImages.Of(images, options.CropSize), validation is null ? null : CenteredImages.Of(validation, options.CropSize));
        var steps = options.StepsFor(images.Count);
        options.RequireProcesses(options.Together, Describe);
        var checkpoint = TrainingCheckpoint.Open(options, steps, Describe);

        using var learning = new LearningModel(model);
        using var batches = new BatchReader(images, model.Config.PixelRange, options, model.Device, options.CropSize);
        using var learner = new AutoencoderLearner(learning.Model, options, steps);
        var monitor = TrainingMonitor.For(options, model.Config);
        using var rollback = options.Adversarial?.CollapseLimit is null
            ? null : new Rollback(learner, monitor.Collapse!, learner.EaseAdversary, options.MonitorPace.GoodInterval);
        monitor.Collapsed = rollback is null ? null : rollback.Describe;
        using var run = new TrainingRun<Tensor>(learner, batches, steps)
        {
            Validation = held is null ? null : step => AutoencoderValidation.Measure(learning.Model, held, options, step),
            ValidationInterval = options.ValidationInterval, HistoryInterval = options.HistoryIntervalFor(steps),
            AccumulatedBatches = options.AccumulatedBatches, Processes = options.Together, KeepBest = options.KeepBest, Patience = options.Patience, Clock = options.Clock,
            Monitor = monitor, Rollback = rollback,
            Preview = step => AutoencoderPreview.Of(learning.Model, held ?? shown, step), PreviewInterval = options.PreviewInterval,
        };
        try
        {
            run.Begin(checkpoint, () => Hash(images, cancellationToken));
        }
        catch (OperationCanceledException) when (checkpoint is not { IsResumed: true })
        {
            return Finish(run, learning, shown);
        }

        run.Finish(progress, cancellationToken);
        run.ApplyResult();
        return Finish(run, learning, shown);

        JsonObject Describe() => TrainingSetup.Describe(options, model.Config, steps);
    }

    /// <summary>Checks that a model and options fit each other.</summary>
    internal static AutoencoderModel Checked(AutoencoderModel model, AutoencoderTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        options.Validate();
        if (model.Config is VqAutoencoderConfig && (options.LearnLogVariance || options.LogVariance != 0))
        {
            throw WordedException.Of(
                $"A VQ autoencoder's loss is a mean without a variance: leave {nameof(options.LogVariance)} at 0 and {nameof(options.LearnLogVariance)} off.",
                message => new ArgumentException(message, nameof(options)));
        }

        return model.Precision == ModelPrecision.Float32 ? model : throw new ArgumentException(
            $"The model computes in {model.Precision}, in which small weight updates are rounded away; train in {ModelPrecision.Float32} (model.To).",
            nameof(model));
    }

    private string Hash(IImageSet images, CancellationToken cancellation)
    {
        if (images.AllowsReadAhead)
            options.Notes?.Report(FormattableString.Invariant($"The state also names the content of all {images.Count:N0} images: they are read once before the first step."));
        return BatchReader.Hash(images, model.Config.PixelRange, options.ReaderThreads, cancellation);
    }

    private TrainingResult<AutoencoderModel> Finish(TrainingRun<Tensor> run, LearningModel learning, IImageSet images)
    {
        learning.Network.eval();
        using var scaled = run.StepsDone == 0
            ? learning.Model.Share()
            : learning.Model.WithLatentScale(LatentScale.Measure(learning.Model, images, options.ReaderThreads), learning.Model.Config.LatentShift);
        return new TrainingResult<AutoencoderModel>(scaled.With(model.Convolutions), run.Outcome, run.StepsBefore, run.History);
    }
}
