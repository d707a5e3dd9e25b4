using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Training;

/// <summary>Trains an autoencoder on an image column and creates a <see cref="TrainedAutoencoderTransformer"/>.</summary>
internal sealed class AutoencoderEstimator : IEstimator<TrainedAutoencoderTransformer>
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
    /// <exception cref="OperationCanceledException">The token was cancelled before the first step, or the MLContext by AutoML.</exception>
    public TrainedAutoencoderTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var channels = options.Network.ImageChannels;
        using var report = new TrainingReport(environment.Register(nameof(AutoencoderEstimator)), "Training an autoencoder", options.Progress);
        var notes = options.Training.Notes ?? report;
        (var images, var held) = TrainingImages.Read(input, options, channels, options.ValidationData is null ? options.ValidationFraction : 0, notes);
        using var trained = images;
        using var kept = held;
        using var more = options.ValidationData is { } data ? TrainingImages.Read(data, options, channels, fraction: 0, notes).Images : null;
        var validation = more ?? (held.Count > 0 ? held : null);

        var seed = options.Seed ?? MlHost.Seed(environment) ?? options.Training.Seed;
        using var made = AutoencoderModel.Create(options.Network, seed);
        using var model = DeviceChoice.Open(made, columns.Common, environment);
        var trainer = new AutoencoderTrainer(model, options.Training with { Seed = seed, Notes = notes });
        using var result = trainer.Train(images, validation, report, options.CancellationToken);
        TrainingReport.ThrowIfNothingLearned(result, options.CancellationToken);
        return new TrainedAutoencoderTransformer(environment, result.Model, columns) { Outcome = result.Outcome, History = result.History };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The column is missing, or holds no images.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new TrainedOutputs(options.Network, columns).Promise(inputSchema);
    }
}
