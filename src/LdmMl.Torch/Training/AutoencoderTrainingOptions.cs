using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Torch.Training;

/// <summary>How to train an autoencoder.</summary>
public sealed record AutoencoderTrainingOptions
{
    /// <summary>Gets how often every image is seen, at least 1; unused when <see cref="Steps"/> is given.</summary>
    /// <value>Default: 10.</value>
    public int Epochs { get; init; } = 10;

    /// <summary>Gets how many steps to take, at least 1, whatever number of epochs that is.</summary>
    /// <value>Default: null, as many as <see cref="Epochs"/> need.</value>
    public int? Steps { get; init; }

    /// <summary>Gets how many images a step sees, at least 1; an epoch's last step sees the rest.</summary>
    /// <value>Default: 16.</value>
    public int BatchSize { get; init; } = 16;

    /// <summary>
    /// Gets the seed of order, flips, posterior noise and the discriminator's first weights. The same seed gives the same weights to the last bit
    /// on the same machine's CPU.
    /// </summary>
    /// <value>Default: 0.</value>
    public long Seed { get; init; }

    /// <summary>Gets the largest learning rate, above 0.</summary>
    /// <value>Default: 0.001, for small networks; the published ones use 4.5e-6 per image of the batch.</value>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Gets over how many first steps the learning rate rises linearly, at least 0.</summary>
    /// <value>Default: 0.</value>
    public int WarmupSteps { get; init; }

    /// <summary>Gets how the learning rate goes on after the warm-up.</summary>
    /// <value>Default: <see cref="LearningRateDecay.None"/>.</value>
    public LearningRateDecay Decay { get; init; }

    /// <summary>Gets Adam's decay of the mean gradient, 0 to below 1.</summary>
    /// <value>Default: 0.5, as published for autoencoders.</value>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Gets Adam's decay of the mean squared gradient, 0 to below 1.</summary>
    /// <value>Default: 0.9, as published for autoencoders.</value>
    public double Beta2 { get; init; } = 0.9;

    /// <summary>Gets the decoupled weight decay (AdamW), at least 0.</summary>
    /// <value>Default: 0, which is Adam.</value>
    public double WeightDecay { get; init; }

    /// <summary>Gets the largest norm of all gradients together; larger ones are scaled down to it.</summary>
    /// <value>Default: null, no clipping.</value>
    public double? GradientClipNorm { get; init; }

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

    /// <summary>Gets a value indicating whether every image is mirrored left to right half of the times it is seen.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool HorizontalFlips { get; init; }

    /// <summary>Gets after how many steps validation images are reconstructed, at least 1; they are also after the last step.</summary>
    /// <value>Default: null, after every epoch.</value>
    public int? ValidationInterval { get; init; }

    /// <summary>Throws when an option is outside its range.</summary>
    /// <exception cref="ArgumentException">An option is outside its range; the message says which, and what it may be.</exception>
    internal void Validate()
    {
        Require(Epochs >= 1, $"{nameof(Epochs)} is {Epochs}; it must be at least 1.");
        Require(Steps is null or >= 1, $"{nameof(Steps)} is {Steps}; it must be at least 1, or null to count epochs.");
        Require(BatchSize >= 1, $"{nameof(BatchSize)} is {BatchSize}; it must be at least 1.");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), $"{nameof(LearningRate)} is {LearningRate}; it must be above 0.");
        Require(WarmupSteps >= 0, $"{nameof(WarmupSteps)} is {WarmupSteps}; it must be at least 0.");
        Require(Enum.IsDefined(Decay), $"{nameof(Decay)} is {Decay}; it must be one of {string.Join(", ", Enum.GetNames<LearningRateDecay>())}.");
        Require(
            Beta1 is >= 0 and < 1 && Beta2 is >= 0 and < 1,
            $"{nameof(Beta1)} and {nameof(Beta2)} are {Beta1} and {Beta2}; both must be at least 0 and below 1.");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), $"{nameof(WeightDecay)} is {WeightDecay}; it must be at least 0.");
        Require(GradientClipNorm is null or > 0, $"{nameof(GradientClipNorm)} is {GradientClipNorm}; it must be above 0, or null for no clipping.");
        ValidateLoss();
        Adversarial?.Validate();
        Require(
            ValidationInterval is null or >= 1,
            $"{nameof(ValidationInterval)} is {ValidationInterval}; it must be at least 1, or null for every epoch.");
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

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(AutoencoderTrainingOptions)}: {message}");
    }
}
