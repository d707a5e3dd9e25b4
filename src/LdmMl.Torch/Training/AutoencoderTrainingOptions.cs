using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Torch.Training;

/// <summary>How to train an autoencoder.</summary>
public sealed record AutoencoderTrainingOptions : TrainingOptions
{
    /// <summary>Initializes the defaults.</summary>
    public AutoencoderTrainingOptions()
    {
        LearningRate = 1e-3;
        (Beta1, Beta2) = (0.5, 0.9);
    }

    /// <summary>Gets how reconstruction errors count.</summary>
    /// <value>Default: <see cref="Losses.ReconstructionError.Absolute"/>.</value>
    public ReconstructionError ReconstructionError { get; init; }

    /// <summary>Gets the weight of the reconstruction, above 0.</summary>
    /// <value>Default: 1.</value>
    public double ReconstructionWeight { get; init; } = 1;

    /// <summary>
    /// Gets the logarithm of the variance with which pixels are assumed to scatter (CompVis <c>logvar_init</c>); the VQ kind, whose loss is a
    /// mean, has none.
    /// </summary>
    /// <value>Default: 0.</value>
    public double LogVariance { get; init; }

    /// <summary>
    /// Gets a value indicating whether <see cref="LogVariance"/> is only where it starts: it is then learnt with the weights and balances the
    /// image terms against the others. (The reference declares it as a parameter, but gives it to no optimiser.)
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool LearnLogVariance { get; init; }

    /// <summary>
    /// Gets the network that judges how different images and reconstructions look (Zhang et al. 2018), on top of the pixels' errors. It stays the
    /// caller's, is not trained, and is not part of the trained model.
    /// </summary>
    /// <value>Default: null, none.</value>
    public PerceptualModel? PerceptualModel { get; init; }

    /// <summary>
    /// Gets the weight of <see cref="PerceptualModel"/>'s distance beside the error of a pixel value (<c>perceptual_weight</c>), above 0.
    /// </summary>
    /// <value>Default: 1, as published.</value>
    public double PerceptualWeight { get; init; } = 1;

    /// <summary>Gets how a discriminator joins in; null for none.</summary>
    /// <value>Default: null.</value>
    public AdversarialTrainingOptions? Adversarial { get; init; }

    /// <summary>Gets the weight of the divergence of a KL autoencoder's posteriors from the standard normal, at least 0.</summary>
    /// <value>Default: 1e-6, as published.</value>
    public double KullbackLeiblerWeight { get; init; } = 1e-6;

    /// <summary>Gets the weight of a VQ autoencoder's codebook loss, above 0.</summary>
    /// <value>Default: 1.</value>
    public double CodebookWeight { get; init; } = 1;

    /// <summary>Throws when an option is outside its range.</summary>
    /// <exception cref="ArgumentException">An option is outside its range; the message says which, and what it may be.</exception>
    internal override void Validate()
    {
        base.Validate();
        ValidateLoss();
        Adversarial?.Validate();
    }

    private void ValidateLoss()
    {
        Require(
            Enum.IsDefined(ReconstructionError),
            $"{nameof(ReconstructionError)} is {ReconstructionError}; it must be one of {string.Join(", ", Enum.GetNames<ReconstructionError>())}.");
        Require(
            ReconstructionWeight > 0 && double.IsFinite(ReconstructionWeight),
            $"{nameof(ReconstructionWeight)} is {ReconstructionWeight}; it must be above 0.");
        Require(double.IsFinite(LogVariance), $"{nameof(LogVariance)} is {LogVariance}; it must be a finite number.");
        Require(
            PerceptualWeight > 0 && double.IsFinite(PerceptualWeight),
            $"{nameof(PerceptualWeight)} is {PerceptualWeight}; it must be above 0. For no perceptual term set no {nameof(PerceptualModel)}.");
        Require(
            KullbackLeiblerWeight >= 0 && double.IsFinite(KullbackLeiblerWeight),
            $"{nameof(KullbackLeiblerWeight)} is {KullbackLeiblerWeight}; it must be at least 0.");
        Require(CodebookWeight > 0 && double.IsFinite(CodebookWeight), $"{nameof(CodebookWeight)} is {CodebookWeight}; it must be above 0.");
    }
}
