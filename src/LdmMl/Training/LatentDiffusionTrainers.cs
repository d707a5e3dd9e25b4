using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using LdmMl.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>The trainers of latent diffusion.</summary>
public sealed class LatentDiffusionTrainers
{
    private readonly IHostEnvironment environment;

    internal LatentDiffusionTrainers(IHostEnvironment environment) => this.environment = environment;

    /// <summary>Trains an autoencoder on an image column.</summary>
    /// <param name="imageColumnName">The images, of one size.</param>
    /// <param name="latentColumnName">The column of latents that the trained transformer appends; null for none.</param>
    /// <param name="reconstructionColumnName">The column of reconstructed images that it appends; null for none.</param>
    /// <param name="numberOfEpochs">The number of passes over the images, at least 1.</param>
    /// <param name="batchSize">The number of images in a batch, at least 1.</param>
    /// <param name="learningRate">The largest learning rate, above 0.</param>
    /// <returns>The estimator; its <c>Fit</c> trains.</returns>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <example>
    /// <code>
    /// using var trained = mlContext.LatentDiffusion().Trainers.Autoencoder("Image", numberOfEpochs: 20).Fit(data);
    /// var reconstructed = trained.Transform(data);
    /// </code>
    /// </example>
    public IEstimator<TrainedAutoencoderTransformer> Autoencoder(
        string imageColumnName = "Image", string? latentColumnName = "Latent", string? reconstructionColumnName = "Reconstruction",
        int numberOfEpochs = 10, int batchSize = 16, double learningRate = 1e-3) =>
        Autoencoder(new AutoencoderEstimatorOptions
        {
            ImageColumnName = imageColumnName, LatentColumnName = latentColumnName, ReconstructionColumnName = reconstructionColumnName,
            Training = new AutoencoderTrainingOptions { Epochs = numberOfEpochs, BatchSize = batchSize, LearningRate = learningRate },
        });

    /// <summary>Trains an autoencoder on an image column.</summary>
    /// <param name="options">Columns, network and training.</param>
    /// <returns>The estimator; its <c>Fit</c> trains.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <remarks>
    /// <c>Fit</c> reads the images into memory once, as bytes. It throws <see cref="ArgumentException"/> if the column or an image is missing, or an
    /// image has another size than the first or does not fit the network; <see cref="TrainingDivergedException"/> if a loss or gradient is not
    /// finite; <see cref="OperationCanceledException"/> if it was cancelled before the first step. Every step is reported to
    /// <see cref="TrainerOptions.Progress"/>, and every epoch to <c>mlContext.Log</c>; <see cref="TrainerOptions.CancellationToken"/> ends the
    /// training and keeps the finished steps.
    /// </remarks>
    /// <example>
    /// <code>
    /// var estimator = mlContext.LatentDiffusion().Trainers.Autoencoder(new AutoencoderEstimatorOptions
    /// {
    ///     Training = new AutoencoderTrainingOptions { Epochs = 20, BatchSize = 8 },
    ///     Progress = new Progress&lt;TrainingStep&gt;(step => Console.WriteLine($"{step.Step} of {step.Steps}: {step.Loss}, {step.TimeLeft} left")),
    ///     CancellationToken = cancellationToken,
    /// });
    /// using var trained = estimator.Fit(data);
    /// Console.WriteLine($"{trained.Outcome} after {trained.History[^1].Step} steps");
    /// </code>
    /// </example>
    public IEstimator<TrainedAutoencoderTransformer> Autoencoder(AutoencoderEstimatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new AutoencoderEstimator(environment, options);
    }

    /// <summary>Trains a diffusion model on an image column, in the latent space of an autoencoder.</summary>
    /// <param name="imageColumnName">The images, of one size.</param>
    /// <param name="labelColumnName">The labels: text, a key, or Int32; null for a model without labels.</param>
    /// <param name="autoencoder">
    /// The first stage; it remains the caller's. Null means that of <c>Trainers.Autoencoder</c> earlier in the same chain.
    /// </param>
    /// <param name="numberOfEpochs">The number of passes over the images, at least 1.</param>
    /// <param name="batchSize">The number of images in a batch, at least 1.</param>
    /// <param name="learningRate">The largest learning rate, above 0.</param>
    /// <returns>The estimator; its <c>Fit</c> trains.</returns>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <example>
    /// <code>
    /// using var trained = mlContext.LatentDiffusion().Trainers.Diffusion("Image", "Label", autoencoder, numberOfEpochs: 50).Fit(data);
    /// var generated = trained.Transform(data);
    /// </code>
    /// </example>
    public IEstimator<TrainedDiffusionTransformer> Diffusion(
        string imageColumnName = "Image", string? labelColumnName = null, AutoencoderModel? autoencoder = null,
        int numberOfEpochs = 100, int batchSize = 16, double learningRate = 2e-4) =>
        Diffusion(new DiffusionEstimatorOptions
        {
            ImageColumnName = imageColumnName, LabelColumnName = labelColumnName, Autoencoder = autoencoder,
            Training = new DiffusionTrainingOptions { Epochs = numberOfEpochs, BatchSize = batchSize, LearningRate = learningRate },
        });

    /// <summary>Trains a diffusion model on an image column, in the latent space of an autoencoder.</summary>
    /// <param name="options">
    /// Columns, first stage, network and training. The default first stage is that of <c>Trainers.Autoencoder</c> earlier in the same chain.
    /// </param>
    /// <returns>The estimator; its <c>Fit</c> trains, reports and throws as that of <see cref="Autoencoder(AutoencoderEstimatorOptions)"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <example>
    /// <code>
    /// var trainers = mlContext.LatentDiffusion().Trainers;
    /// var chain = trainers.Autoencoder().Append(trainers.Diffusion(new DiffusionEstimatorOptions
    /// {
    ///     LabelColumnName = "Label",
    ///     Training = new DiffusionTrainingOptions { Steps = 10_000, BatchSize = 32 },
    ///     CancellationToken = cancellationToken,
    /// })).Fit(data);
    /// var generated = chain.LastTransformer.Transform(data);           // generating needs seeds and labels, no images
    /// </code>
    /// </example>
    public IEstimator<TrainedDiffusionTransformer> Diffusion(DiffusionEstimatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new DiffusionEstimator(environment, options);
    }
}
