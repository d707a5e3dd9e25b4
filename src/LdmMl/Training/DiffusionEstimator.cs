using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Schemas;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Training;
using LdmMl.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl;

/// <summary>Trains a diffusion model on an image column, with or without labels, and makes a <see cref="TrainedDiffusionTransformer"/>.</summary>
/// <remarks>
/// The images are read into memory once, as bytes. Progress goes through ML.NET's progress channel each step and to <c>mlContext.Log</c> each
/// epoch; <c>mlContext.CancelExecution</c> ends the training, whose state is kept where <see cref="DiffusionTrainingOptions.StateFolder"/> says.
/// </remarks>
public sealed class DiffusionEstimator : IEstimator<TrainedDiffusionTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly DiffusionEstimatorOptions options;

    internal DiffusionEstimator(IHostEnvironment environment, DiffusionEstimatorOptions options)
    {
        options.Validate();
        (this.environment, this.options) = (environment, options);
    }

    /// <summary>Trains.</summary>
    /// <param name="input">Rows with the image column, and the label column where one is named.</param>
    /// <returns>The transformer; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">
    /// A column is missing, an image or a label is missing, an image has another size than the first, or something does not fit the first stage.
    /// </exception>
    /// <exception cref="TrainingDivergedException">A loss or gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">The MLContext was told to cancel.</exception>
    public TrainedDiffusionTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var host = environment.Register(nameof(DiffusionEstimator));
        using var given = OpenFirstStage(input.Schema);
        using var autoencoder = DeviceChoice.Open(given, options.Generation with { Precision = ModelPrecision.Float32 }, environment);
        var seed = options.Seed ?? MlHost.Seed(environment) ?? options.Training.Seed;
        var training = options.Training with { Seed = seed };
        (var images, var validation) = new DiffusionTrainingRows(options, autoencoder.Config.ImageChannels).Read(input);
        DiffusionEstimatorDoor.Check(autoencoder, training, images, validation, options.TrainedGeneration, input.Schema);

        using var report = new TrainingReport(host, "Training a diffusion model");
        using var result = new DiffusionTrainer(autoencoder, training).Train(images, validation, report.Step);
        return new TrainedDiffusionTransformer(environment, result.Model, options.TrainedGeneration);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing, or holds something else than is needed.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        new ColumnNeed(options.ImageColumnName, ColumnContent.Image).Find(inputSchema);
        if (options.LabelColumnName is { } label)
            new ColumnNeed(label, ColumnContent.Label).Find(inputSchema);
        var generation = options.TrainedGeneration;
        var image = (generation.OutputColumnName, (DataViewType)new ImageDataViewType());
        return generation.LatentColumnName is { } latents
            ? SchemaShapes.With(inputSchema, image, (latents, new VectorDataViewType(NumberDataViewType.Single, 1, 1, 1)))
            : SchemaShapes.With(inputSchema, image);
    }

    private AutoencoderModel OpenFirstStage(DataViewSchema schema) =>
        options.Autoencoder?.Share() ?? options.FirstStage?.OpenAutoencoder() ??
            FirstStageAnnotation.Find(schema, options.LatentColumnName).Share();
}
