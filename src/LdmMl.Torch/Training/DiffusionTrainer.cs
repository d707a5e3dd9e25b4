using System.Text.Json.Nodes;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Training.Monitoring;
using LdmMl.Torch.Training.States;

namespace LdmMl.Torch.Training;

/// <summary>
/// Trains a diffusion model in the latent space of an autoencoder, which is not changed (Rombach et al. 2022, section 3.2): images are encoded once,
/// and a U-Net learns to predict the noise in their latents: alone, with a label, or with a caption, which a jointly trained text encoder encodes.
/// </summary>
/// <remarks>
/// The same seed, images and autoencoder give bit-identical weights on one machine's CPU. With <see cref="DiffusionTrainingOptions.Lora"/> a trained
/// model learns something new as a small file, and its weights stay as they are.
/// </remarks>
/// <example>
/// <code>
/// var set = new ImageSet(width: 64, height: 64);
/// set.Add(new byte[64 * 64 * 3], PixelLayout.Rgb24);           // and so on, one for each image
/// var labelled = new LabeledImages(set, Labels: [0], LabelNames: ["flags"]);
/// var trainer = new DiffusionTrainer(autoencoder, new DiffusionTrainingOptions { Steps = 5000, StateFolder = "training" });
/// using var result = trainer.Train(labelled, cancellationToken: cancellationToken);
/// result.Model.Save("my-model");
/// </code>
/// </example>
public sealed class DiffusionTrainer
{
    private const string LatentScaleName = "latentScale";

    private readonly AutoencoderModel autoencoder;
    private readonly DiffusionTrainingOptions options;
    private readonly LoraBase? initial;

    /// <summary>Prepares to train.</summary>
    /// <param name="autoencoder">The trained first stage; the U-Net is trained on its device. It is not changed, and still owned by the
    /// caller.</param>
    /// <param name="options">How to train; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public DiffusionTrainer(AutoencoderModel autoencoder, DiffusionTrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        this.autoencoder = autoencoder;
        options ??= new DiffusionTrainingOptions();
        options.Validate();
        this.options = options.Resolved();
        initial = options.Lora is null ? null : new LoraBase(options.InitialModel!);
        initial?.RequireFirstStage(autoencoder);
    }

    /// <summary>Trains without labels.</summary>
    /// <inheritdoc cref="Train(LabeledImages, LabeledImages?, IProgress{TrainingStep}?, CancellationToken)"/>
    public TrainingResult<LatentDiffusionModel> Train(
        IImageSet images, IImageSet? validation = null, IProgress<TrainingStep>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Train(new LabeledImages(images), validation is null ? null : new LabeledImages(validation), progress, cancellationToken);
    }

    /// <summary>Trains.</summary>
    /// <param name="images">Training images; their sides must suit the autoencoder and the U-Net.</param>
    /// <param name="validation">Validation images, of the same size and with the same kind of labels; null for none.</param>
    /// <param name="progress">
    /// Receives every step, on the training thread; null for no reports. <see cref="Progress{T}"/> passes them on to another thread. One that throws
    /// <see cref="OperationCanceledException"/> ends the training; the state is kept.
    /// </param>
    /// <param name="cancellationToken">Ends the training between two steps; the finished steps are kept, and no exception is thrown.</param>
    /// <returns>The trained model, and the history. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There are no images, or their channels, size or labels do not fit the model.</exception>
    /// <exception cref="Checkpoints.CheckpointException">The state to resume from is missing, damaged, or of another training.</exception>
    /// <exception cref="OperationCanceledException">
    /// A training that resumes was cancelled while its images were still being encoded; the state is not changed.
    /// </exception>
    /// <exception cref="IOException">The latents cannot be kept in <see cref="DiffusionTrainingOptions.LatentFolder"/>.</exception>
    /// <exception cref="TrainingDivergedException">
    /// A loss or a gradient is not finite; the message names the step and the module that first went wrong.
    /// </exception>
    public TrainingResult<LatentDiffusionModel> Train(
        LabeledImages images, LabeledImages? validation = null, IProgress<TrainingStep>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        options.RequireValidation(validation is not null);
        var config = DiffusionTrainingInputs.Check(autoencoder.Config, options, images, validation);
        (images, validation) = (initial?.Renumber(images) ?? images, validation is null ? null : initial?.Renumber(validation) ?? validation);
        var steps = options.StepsFor(images.Images.Count);
        options.RequireProcesses(options.Together, () => Describe(config, steps));
        var checkpoint = TrainingCheckpoint.Open(options, steps, () => Describe(config, steps));
        var text = options.TextFor(images);
        DiffusionTrainingData data;
        try
        {
            data = DiffusionTrainingData.Encode(
                autoencoder, options, config, text, images, validation, checkpoint?.Value(LatentScaleName), cancellationToken);
        }
        catch (OperationCanceledException) when (checkpoint is not { IsResumed: true })
        {
            return new(Create(autoencoder, config, text), TrainingOutcome.Cancelled, stepsBefore: 0, history: []);
        }

        using (data)
            return Train(data, config, text, images.Captions, checkpoint, progress, cancellationToken);
    }

    private TrainingResult<LatentDiffusionModel> Train(
        DiffusionTrainingData data, LatentDiffusionConfig config, TextPart? text, IReadOnlyList<IReadOnlyList<string>>? captions,
        TrainingCheckpoint? checkpoint, IProgress<TrainingStep>? progress, CancellationToken cancellationToken)
    {
        using var model = Create(data.Autoencoder, config, text);
        if (text is not null && options.TextEncoder.Teacher is not null && checkpoint is not { IsResumed: true })
            TextDistillation.Run(model, options.TextEncoder, captions!, options.Seed, cancellationToken);
        var steps = options.StepsFor(data.Latents.Count);
        using var batches = new LatentBatches(data.Latents, data.Conditions, options, model.Device);
        using var learner = new DiffusionLearner(model, options, steps);
        using var run = new TrainingRun<LatentBatch>(learner, batches, steps)
        {
            Validation = data.Validating(learner), ValidationInterval = options.ValidationInterval, HistoryInterval = options.HistoryIntervalFor(steps),
            AccumulatedBatches = options.AccumulatedBatches, Processes = options.Together, KeepBest = options.KeepBest, Patience = options.Patience, Clock = options.Clock,
            Monitor = TrainingMonitor.For(options), PreviewInterval = options.PreviewInterval,
            Preview = step => learner.Show(data.Conditions.Captions?.Examples(SamplePreview.Images), step),
        };
        checkpoint?.Keep(LatentScaleName, data.Autoencoder.Config.LatentScale);
        run.Begin(checkpoint, () => data.Hash);
        learner.Networks.Train(true);
        run.Finish(progress, cancellationToken);
        run.ApplyResult();
        learner.Networks.Train(false);
        if (learner.Networks.Lora is not { } lora)
            return new TrainingResult<LatentDiffusionModel>(model.Share(), run.Outcome, run.StepsBefore, run.History);
        lora.Merge();
        return new TrainingResult<LatentDiffusionModel>(Merged(model, lora), run.Outcome, run.StepsBefore, run.History) { Lora = lora.ToLora(options.Lora!) };
    }

    private static LatentDiffusionModel Merged(LatentDiffusionModel model, LoraFactors lora) => model.Changed(
        model.ShareUNet(), model.OwnEncoder?.Share(), [.. model.Loras, new WeightedLora(TrainedLora.FileName) { Layers = lora.Layers }], model.Words);

    private JsonObject Describe(LatentDiffusionConfig config, int steps)
    {
        var setup = TrainingSetup.Describe(options, steps);
        setup["UNet"] = TrainingSetup.ToNode(config.UNet);
        setup["LatentSize"] = $"{config.LatentWidth}x{config.LatentHeight}";
        setup["Labels"] = config.Conditioning is LabelConditioning labels ? new JsonArray([.. labels.Names.Select(name => JsonValue.Create(name))]) : null;
        if (config.Conditioning is ContextConditioning && initial is null)
        {
            setup["TextEncoder"] = TrainingSetup.ToNode(options.TextEncoder);
            setup["Teacher"] = options.TextEncoder.DescribeTeacher();
        }

        setup["InitialModel"] = options.InitialModel?.ComputeWeightHash();
        setup["Autoencoder"] = autoencoder.ComputeWeightHash();
        return setup;
    }

    private LatentDiffusionModel Create(AutoencoderModel first, LatentDiffusionConfig config, TextPart? text)
    {
        if (initial is not null)
            return initial.Copy(autoencoder.Device);
        using var made = LatentDiffusionModel.Create(first, config, text, options.Seed);
        if (options.InitialModel is { } given)
            StartingWeights.Copy(made, given);
        return made.To(autoencoder.Device, ModelPrecision.Float32);
    }
}
