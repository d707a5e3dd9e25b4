using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Schemas;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Training;

/// <summary>Trains a diffusion model on an image column, alone, with labels or with captions, and makes a <see cref="TrainedDiffusionTransformer"/>.</summary>
internal sealed class DiffusionEstimator : IEstimator<TrainedDiffusionTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly DiffusionEstimatorOptions options;

    internal DiffusionEstimator(IHostEnvironment environment, DiffusionEstimatorOptions options)
    {
        options.Validate();
        (this.environment, this.options) = (environment, options);
    }

    /// <summary>Trains.</summary>
    /// <param name="input">Rows with the image column, and the label or caption column where one is named.</param>
    /// <returns>The transformer; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">
    /// A column is missing, an image or a label or caption is missing, an image has another size than the first, or something does not fit the first
    /// stage.
    /// </exception>
    /// <exception cref="TrainingDivergedException">A loss or gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the first step, or the MLContext by AutoML.</exception>
    public TrainedDiffusionTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var given = OpenFirstStage(input.Schema);
        using var autoencoder = DeviceChoice.Open(given, options.Generation with { Precision = ModelPrecision.Float32 }, environment);
        using var report = new TrainingReport(environment.Register(nameof(DiffusionEstimator)), "Training a diffusion model", options.Progress);
        var notes = options.Training.Notes ?? report;
        var training = options.Training with { Seed = options.Seed ?? MlHost.Seed(environment) ?? options.Training.Seed, Notes = notes };
        using var rows = new DiffusionTrainingRows(options, autoencoder.Config.ImageChannels, notes);
        (var images, var validation) = rows.Read(input);
        GenerationCheck.Run(autoencoder, training, images, validation, options.TrainedGeneration, input.Schema);
        using var result = new DiffusionTrainer(autoencoder, training).Train(images, validation, report, options.CancellationToken);
        TrainingReport.ThrowIfNothingLearned(result, options.CancellationToken);
        return new TrainedDiffusionTransformer(environment, result.Model, options.TrainedGeneration)
        {
            Outcome = result.Outcome, History = result.History, Lora = result.Lora,
        };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing, or holds values of the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        new ColumnNeed(options.ImageColumnName, ColumnContent.Image).Find(inputSchema);
        if (options.LabelColumnName is { } label)
            new ColumnNeed(label, ColumnContent.Label).Find(inputSchema);
        if (options.CaptionColumnName is { } captions)
            new ColumnNeed(captions, ColumnContent.Captions).Find(inputSchema);
        var generation = options.TrainedGeneration;
        var image = (generation.OutputColumnName, (DataViewType)new ImageDataViewType());
        return generation.LatentColumnName is { } latents
            ? SchemaShapes.With(inputSchema, image, (latents, new VectorDataViewType(NumberDataViewType.Single, 1, 1, 1)))
            : SchemaShapes.With(inputSchema, image);
    }

    private AutoencoderModel OpenFirstStage(DataViewSchema schema) =>
        options.Autoencoder?.Share() ?? options.FirstStage?.OpenAutoencoder() ?? options.LoraFirstStage?.Share() ??
            FirstStageAnnotation.Find(schema, options.LatentColumnName).Share();
}
