using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Training;

/// <summary>
/// The options of EQ-VAE (Kouzelis et al. 2025, arXiv 2502.09509): in some batches the latents are turned and shrunk before they are decoded, and the
/// result is compared with the images turned and shrunk alike. Latents then follow what happens to an image, which is meant to make them easier for a
/// diffusion model. The loss has no further term; the network and the memory of a step stay the same.
/// </summary>
/// <remarks>
/// A batch is turned by one to three quarter turns and shrunk to a smaller whole number of latent rows, bilinearly, both drawn once for the batch. It is
/// not shrunk below what the discriminator and the perceptual network accept; images without a smaller size are only turned. Validation is without it.
/// </remarks>
public sealed record EquivarianceTrainingOptions
{
    /// <summary>Gets the probability that a batch's latents are turned and shrunk (<c>p_prior</c>), above 0 and at most 1.</summary>
    /// <value>Default: 0.5, as published.</value>
    public double Probability { get; init; } = 0.5;

    /// <summary>
    /// Gets the probability that another batch's images are shrunk before they are encoded (<c>p_prior_s</c>), 0 to 1, so that small images are
    /// reconstructed as well.
    /// </summary>
    /// <value>Default: 0.25, as published.</value>
    public double SmallImageProbability { get; init; } = 0.25;

    /// <summary>Gets the smallest side that remains, as a share of the side, above 0 and below 1.</summary>
    /// <value>Default: 0.25, as published.</value>
    public double SmallestScale { get; init; } = 0.25;

    /// <summary>Throws when an option is outside its range.</summary>
    /// <exception cref="OptionException">An option is outside its range.</exception>
    internal void Validate()
    {
        Check.That(Probability is > 0 and <= 1, Probability, "it must be above 0 and at most 1; for none set no equivariance options");
        Check.That(SmallImageProbability is >= 0 and <= 1, SmallImageProbability, "it must be from 0 to 1");
        Check.That(SmallestScale is > 0 and < 1, SmallestScale, "it must be above 0 and below 1");
    }
}
