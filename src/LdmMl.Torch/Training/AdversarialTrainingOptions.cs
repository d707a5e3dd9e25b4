using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Discriminators;

namespace LdmMl.Torch.Training;

/// <summary>How a discriminator joins the training of an autoencoder (Esser et al. 2021, section 3.1). It is not part of the trained model.</summary>
/// <remarks>
/// Each step first moves the autoencoder, then the discriminator, both on the same reconstructions. The defaults suit a few thousand images of
/// 64x64; the published training of 256x256 photographs has 64 channels and 3 layers.
/// </remarks>
public sealed record AdversarialTrainingOptions
{
    /// <summary>Gets after how many steps the discriminator joins (CompVis <c>disc_start</c>), at least 0; until then it costs nothing.</summary>
    /// <value>Default: null, after a third of the steps. A discriminator that meets blurred beginnings wins at once and teaches nothing.</value>
    public int? StartStep { get; init; }

    /// <summary>
    /// Gets how hard it pulls, as a share of what the other image terms pull with at the decoder's last layer (<c>disc_weight</c>), above 0.
    /// </summary>
    /// <value>Default: 0.5, as published for the KL kind.</value>
    public double Weight { get; init; } = 0.5;

    /// <summary>Gets what both adversarial losses are multiplied by (<c>disc_factor</c>), above 0.</summary>
    /// <value>Default: 1, as published.</value>
    public double Factor { get; init; } = 1;

    /// <summary>Gets what the discriminator is trained to do (<c>disc_loss</c>).</summary>
    /// <value>Default: <see cref="AdversarialLoss.Hinge"/>, as published.</value>
    public AdversarialLoss Loss { get; init; }

    /// <summary>Gets the width of the discriminator's first layer (<c>ndf</c>), at least 1.</summary>
    /// <value>Default: 32.</value>
    public int Channels { get; init; } = 32;

    /// <summary>Gets how many layers of the discriminator halve the image (<c>disc_num_layers</c>), 1 to 8.</summary>
    /// <value>Default: 2, which judges patches of 34x34 pixels.</value>
    public int Layers { get; init; } = 2;

    /// <summary>Gets how the discriminator's middle layers are normalised.</summary>
    /// <value>Default: <see cref="DiscriminatorNormalization.Batch"/>, as published.</value>
    public DiscriminatorNormalization Normalization { get; init; }

    /// <summary>Gets the discriminator's largest learning rate, above 0. It rises and falls with the autoencoder's.</summary>
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
    /// Gets a value indicating whether the discriminator runs before <see cref="StartStep"/> too, as in the reference: its values are reported,
    /// its first batch and its optimiser's count are those of the training's first step, and nothing learns from it.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool ObserveBeforeStart { get; init; }

    /// <summary>Makes the shape of the discriminator for images of some channels.</summary>
    internal NLayerDiscriminatorConfig ConfigFor(int imageChannels) =>
        new() { InputChannels = imageChannels, Channels = Channels, Layers = Layers, Normalization = Normalization };

    /// <summary>Makes the settings of the losses for a training of some steps.</summary>
    internal AdversarialSettings SettingsFor(int steps) => new()
    {
        Loss = Loss, Weight = Weight, Factor = Factor, StartStep = StartStep ?? steps / 3, ObservesBeforeStart = ObserveBeforeStart,
    };

    /// <summary>Throws when an option is outside its range.</summary>
    /// <exception cref="ArgumentException">An option is outside its range; the message says which, and what it may be.</exception>
    internal void Validate()
    {
        Require(StartStep is null or >= 0, $"{nameof(StartStep)} is {StartStep}; it must be at least 0, or null for a third of the steps.");
        Require(
            Weight > 0 && double.IsFinite(Weight),
            $"{nameof(Weight)} is {Weight}; it must be above 0. For no discriminator set no adversarial options.");
        Require(
            Factor > 0 && double.IsFinite(Factor),
            $"{nameof(Factor)} is {Factor}; it must be above 0. For no discriminator set no adversarial options.");
        Require(Enum.IsDefined(Loss), $"{nameof(Loss)} is {Loss}; it must be one of {string.Join(", ", Enum.GetNames<AdversarialLoss>())}.");
        Require(Channels >= 1, $"{nameof(Channels)} is {Channels}; it must be at least 1.");
        Require(Layers is >= 1 and <= 8, $"{nameof(Layers)} is {Layers}; it must be 1 to 8.");
        Require(
            Enum.IsDefined(Normalization),
            $"{nameof(Normalization)} is {Normalization}; it must be one of {string.Join(", ", Enum.GetNames<DiscriminatorNormalization>())}.");
        Require(
            LearningRate is null || (LearningRate > 0 && double.IsFinite(LearningRate.Value)),
            $"{nameof(LearningRate)} is {LearningRate}; it must be above 0, or null for the autoencoder's.");
        Require(
            Beta1 is >= 0 and < 1 && Beta2 is >= 0 and < 1,
            $"{nameof(Beta1)} and {nameof(Beta2)} are {Beta1} and {Beta2}; both must be at least 0 and below 1.");
        Require(GradientClipNorm is null or > 0, $"{nameof(GradientClipNorm)} is {GradientClipNorm}; it must be above 0, or null for no clipping.");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(AdversarialTrainingOptions)}: {message}");
    }
}
