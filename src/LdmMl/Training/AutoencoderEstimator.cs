using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using LdmMl.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl;

/// <summary>Trains an autoencoder on an image column and makes a <see cref="TrainedAutoencoderTransformer"/>.</summary>
/// <remarks>
/// The images are read into memory once, as bytes. Progress goes through ML.NET's progress channel each step and to <c>mlContext.Log</c> each
/// epoch; <c>mlContext.CancelExecution</c> ends the training.
/// </remarks>
public sealed class AutoencoderEstimator : IEstimator<TrainedAutoencoderTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly AutoencoderEstimatorOptions options;
    private readonly TrainedColumns columns;

    internal AutoencoderEstimator(IHostEnvironment environment, AutoencoderEstimatorOptions options)
    {
        options.Validate();
        (this.environment, this.options, columns) = (environment, options, TrainedColumns.From(options));
    }

    /// <summary>Trains.</summary>
    /// <param name="input">Rows with the image column.</param>
    /// <returns>The transformer; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">
    /// The column is missing, an image is missing, has another size than the first or does not fit the network.
    /// </exception>
    /// <exception cref="TrainingDivergedException">A loss or gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">The MLContext was told to cancel.</exception>
    public TrainedAutoencoderTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var host = environment.Register(nameof(AutoencoderEstimator));
        var column = new TrainingImageColumn(
            options.ImageColumnName, options.Network.ImageChannels, options.Background, options.MaximumImageBytes);
        (var images, var held) = TrainingImages.Read(input, column, options.ValidationData is null ? options.ValidationFraction : 0);
        var validation = options.ValidationData is { } data
            ? TrainingImages.Read(data, column, fraction: 0).Images : held.Count > 0 ? held : null;

        var seed = options.Seed ?? MlHost.Seed(environment) ?? options.Training.Seed;
        using var made = AutoencoderModel.Create(options.Network, seed);
        using var model = DeviceChoice.Open(made, columns.Common, environment);
        using var report = new TrainingReport(host, "Training an autoencoder");
        var trainer = new AutoencoderTrainer(model, options.Training with { Seed = seed });
        using var result = trainer.Train(images, validation, report.Step);
        return new TrainedAutoencoderTransformer(environment, result.Model, columns);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The column is missing, or holds no images.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new TrainedOutputs(options.Network, columns).Promise(inputSchema);
    }
}
