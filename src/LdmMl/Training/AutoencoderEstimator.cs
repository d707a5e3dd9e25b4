using LdmMl.Autoencoders;
using LdmMl.Encoding;
using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Reconstruction;
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
    private readonly IHostEnvironment _environment;
    private readonly AutoencoderEstimatorOptions _options;
    private readonly TrainedColumns _columns;

    internal AutoencoderEstimator(IHostEnvironment environment, AutoencoderEstimatorOptions options)
    {
        options.Validate();
        (_environment, _options, _columns) = (environment, options, TrainedColumns.From(options));
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
        IHost host = _environment.Register(nameof(AutoencoderEstimator));
        var column = new TrainingImageColumn(
            _options.ImageColumnName, _options.Network.ImageChannels, _options.Background, _options.MaximumImageBytes);
        (ImageSet images, ImageSet held) = TrainingImages.Read(input, column, _options.ValidationData is null ? _options.ValidationFraction : 0);
        ImageSet? validation = _options.ValidationData is { } data
            ? TrainingImages.Read(data, column, fraction: 0).Images : held.Count > 0 ? held : null;

        long seed = _options.Seed ?? MlHost.Seed(_environment) ?? _options.Training.Seed;
        using AutoencoderModel made = AutoencoderModel.Create(_options.Network, seed);
        using AutoencoderModel model = DeviceChoice.Open(made, _columns.Common, _environment);
        using var report = new TrainingReport(host, "Training an autoencoder");
        var trainer = new AutoencoderTrainer(model, _options.Training with { Seed = seed });
        using AutoencoderTrainingResult result = trainer.Train(images, validation, report.Step);
        return new TrainedAutoencoderTransformer(_environment, result.Model, _columns);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The column is missing, or holds no images.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new TrainedOutputs(_options.Network, _columns).Promise(inputSchema);
    }
}
