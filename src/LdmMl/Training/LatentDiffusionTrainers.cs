using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>The trainers of latent diffusion.</summary>
public sealed class LatentDiffusionTrainers
{
    private readonly IHostEnvironment environment;

    internal LatentDiffusionTrainers(IHostEnvironment environment) => this.environment = environment;

    /// <summary>Trains an autoencoder on an image column.</summary>
    /// <param name="options">Columns, network and training; null for the defaults.</param>
    /// <returns>The estimator; its <c>Fit</c> trains.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public AutoencoderEstimator Autoencoder(AutoencoderEstimatorOptions? options = null) =>
        new(environment, options ?? new AutoencoderEstimatorOptions());

    /// <summary>Trains a diffusion model on an image column, in the latent space of an autoencoder.</summary>
    /// <param name="options">
    /// Columns, first stage, network and training; null for the defaults, which take the first stage from
    /// <see cref="Autoencoder(AutoencoderEstimatorOptions?)"/> earlier in the same chain.
    /// </param>
    /// <returns>The estimator; its <c>Fit</c> trains.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public DiffusionEstimator Diffusion(DiffusionEstimatorOptions? options = null) => new(environment, options ?? new DiffusionEstimatorOptions());
}
