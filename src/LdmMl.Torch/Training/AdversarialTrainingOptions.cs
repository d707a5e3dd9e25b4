using LdmMl.Torch.Arguments;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Discriminators;

namespace LdmMl.Torch.Training;

/// <summary>
/// The options of a discriminator in the training of an autoencoder (GAN; Esser et al. 2021, section 3.1). It is not part of the model.
/// </summary>
/// <remarks>
/// Each step first updates the autoencoder, then the discriminator, both on the same reconstructions. The defaults suit a few thousand images of
/// 64x64; the published training of 256x256 photographs has 64 channels and 3 layers.
/// </remarks>
public sealed record AdversarialTrainingOptions
{
    /// <summary>
    /// Gets the number of steps before the discriminator starts (CompVis <c>disc_start</c>), at least 0; until then it costs nothing.
    /// </summary>
    /// <value>Default: null, after a third of the steps. A discriminator that starts on the first, blurry images wins at once, and its gradients
    /// vanish.</value>
    public int? StartStep { get; init; }

    /// <summary>
    /// Gets the number of steps after <see cref="StartStep"/> over which both adversarial losses rise linearly to their <see cref="Factor"/>, at
    /// least 0.
    /// </summary>
    /// <value>Default: 0, at full strength at once, as published.</value>
    public int RampSteps { get; init; }

    /// <summary>
    /// Gets the growth of the reconstruction error at which the training is rolled back to its last good state, above 1: the ratio of the recent
    /// error to its smallest value so far. Each rollback halves the adversarial losses from then on. Data and random numbers continue, so that the
    /// same seed gives the same training. Needs memory for a second copy of all weights and moments.
    /// </summary>
    /// <value>Default: null: a collapse (at 1.5) is only reported (<see cref="TrainingVerdictKind.ReconstructionCollapsed"/>).</value>
    public double? CollapseLimit { get; init; }

    /// <summary>
    /// Gets the norm of the adversarial gradient at the decoder's last layer, as a share of the other image terms' (<c>disc_weight</c>), above 0.
    /// </summary>
    /// <value>Default: 0.5, as published for the KL kind.</value>
    public double Weight { get; init; } = 0.5;

    /// <summary>Gets the factor of both adversarial losses (<c>disc_factor</c>), above 0.</summary>
    /// <value>Default: 1, as published.</value>
    public double Factor { get; init; } = 1;

    /// <summary>Gets the discriminator's loss (<c>disc_loss</c>).</summary>
    /// <value>Default: <see cref="AdversarialLoss.Hinge"/>, as published.</value>
    public AdversarialLoss Loss { get; init; }

    /// <summary>Gets the width of the discriminator's first layer (<c>ndf</c>), at least 1.</summary>
    /// <value>Default: 32.</value>
    public int Channels { get; init; } = 32;

    /// <summary>Gets the number of layers that halve the image (<c>disc_num_layers</c>), 1 to 8.</summary>
    /// <value>Default: 2, for patches of 34x34 pixels.</value>
    public int Layers { get; init; } = 2;

    /// <summary>Gets how the discriminator's middle layers are normalised.</summary>
    /// <value>Default: <see cref="DiscriminatorNormalization.Batch"/>, as published.</value>
    public DiscriminatorNormalization Normalization { get; init; }

    /// <summary>Gets the discriminator's peak learning rate, above 0. It follows the autoencoder's schedule.</summary>
    /// <value>
    /// Default: 0.0002, a fifth of the autoencoder's own default: at equal rates it wins within a few steps. Null means the autoencoder's rate, as
    /// published.
    /// </value>
    public double? LearningRate { get; init; } = 2e-4;

    /// <summary>Gets Adam's decay of the discriminator's mean gradient, 0 to below 1.</summary>
    /// <value>Default: 0.5, as published.</value>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Gets Adam's decay of the discriminator's mean squared gradient, 0 to below 1.</summary>
    /// <value>Default: 0.9, as published.</value>
    public double Beta2 { get; init; } = 0.9;

    /// <summary>Gets the largest norm of all the discriminator's gradients together; larger ones are scaled down to it.</summary>
    /// <value>Default: null, no clipping.</value>
    public double? GradientClipNorm { get; init; }

    /// <summary>
    /// Gets whether the discriminator also runs before <see cref="StartStep"/>, as in the reference: its values are reported, and its first batch and
    /// its optimiser's count are those of the training's first step, but it has no influence on the autoencoder.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool ObserveBeforeStart { get; init; }

    /// <summary>Creates the config of the discriminator for images with the given channels.</summary>
    internal NLayerDiscriminatorConfig ConfigFor(int imageChannels) =>
        new() { InputChannels = imageChannels, Channels = Channels, Layers = Layers, Normalization = Normalization };

    /// <summary>Throws when an option is outside its range.</summary>
    /// <exception cref="OptionException">An option is outside its range.</exception>
    internal void Validate()
    {
        const string Above = "it must be above 0; for no discriminator set no adversarial options";
        Check.That(StartStep is null or >= 0, StartStep, $"it must be at least 0, or {Wording.Nothing} for a third of the steps");
        Check.AtLeast(RampSteps, 0);
        Check.That(CollapseLimit is null or > 1 and < double.PositiveInfinity, CollapseLimit, $"it must be above 1, or {Wording.Nothing} for no rollback");
        Check.That(Weight > 0 && double.IsFinite(Weight), Weight, Above);
        Check.That(Factor > 0 && double.IsFinite(Factor), Factor, Above);
        Check.Defined(Loss);
        Check.AtLeast(Channels, 1);
        Check.Within(Layers, 1, 8);
        Check.Defined(Normalization);
        Check.That(
            LearningRate is null || (LearningRate > 0 && double.IsFinite(LearningRate.Value)), LearningRate,
            $"it must be above 0, or {Wording.Nothing} for the autoencoder's");
        Check.That(Beta1 is >= 0 and < 1, Beta1, "it must be at least 0 and below 1");
        Check.That(Beta2 is >= 0 and < 1, Beta2, "it must be at least 0 and below 1");
        Check.That(GradientClipNorm is null or > 0, GradientClipNorm, $"it must be above 0, or {Wording.Nothing} for no clipping");
    }
}
