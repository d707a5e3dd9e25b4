using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Training;

/// <summary>How to train a diffusion model in the latent space of an autoencoder.</summary>
public sealed record DiffusionTrainingOptions : TrainingOptions
{
    /// <summary>Initializes the defaults.</summary>
    public DiffusionTrainingOptions()
    {
        LearningRate = 2e-4;
        (Beta1, Beta2) = (0.9, 0.999);
        WeightDecay = 0.01;
        GradientClipNorm = 1;
    }

    /// <summary>
    /// Gets the shape of the U-Net. Its channels are those of the latents; how many labels it knows follows from the images.
    /// </summary>
    /// <value>Default: null, a small one: 64 channels at full size, 128 below, attention below full size, about 7 million weights.</value>
    public UNetConfig? UNet { get; init; }

    /// <summary>Gets how a label enters the U-Net; unused without labels.</summary>
    /// <value>Default: <see cref="Generation.LabelInput.TimeEmbedding"/>.</value>
    public LabelInput LabelInput { get; init; }

    /// <summary>Gets the noise schedule.</summary>
    /// <value>Default: <see cref="NoiseScheduleConfig.LatentDiffusion"/>.</value>
    public NoiseScheduleConfig Schedule { get; init; } = NoiseScheduleConfig.LatentDiffusion;

    /// <summary>Gets what the U-Net learns to predict, and how its errors count: squared, and the same at every step, by default.</summary>
    /// <value>Default: the squared error of the noise, as published.</value>
    public DiffusionLossOptions Loss { get; init; } = new();

    /// <summary>Gets how the trained model is sampled unless something else is asked for.</summary>
    /// <value>Default: 50 steps of DDIM.</value>
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>Gets which latent of an image is learnt, where the first stage has posteriors.</summary>
    /// <value>Default: <see cref="Training.LatentVariation.Sample"/>.</value>
    public LatentVariation LatentVariation { get; init; }

    /// <summary>
    /// Gets a value indicating whether the first stage keeps its latent scale; otherwise the scale is 1 / the standard deviation of all training
    /// latents (CompVis <c>scale_by_std</c>, there of the first batch).
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool KeepLatentScale { get; init; }

    /// <summary>Gets how much of the weights' moving average a step keeps in the long run, 0 to below 1; the trained model has the average.</summary>
    /// <value>Default: 0.9999, as published; less in the first steps. Null for no average: the trained model has the last step's weights.</value>
    public double? EmaDecay { get; init; } = 0.9999;

    /// <summary>
    /// Gets the share of images whose label is withheld in a step, 0 to below 1, so that the model also learns images of no particular label, which
    /// guidance needs (Ho and Salimans 2022). Unused without labels.
    /// </summary>
    /// <value>Default: 0.1. With 0 the model has no label for "any" and cannot be guided.</value>
    public double LabelDropout { get; init; } = 0.1;

    /// <summary>Gets how many bytes of latents are held in memory at most; more images than that are an error.</summary>
    /// <value>Default: 4 GiB, which is half a million images of 4x16x16 with their deviations.</value>
    public long MaximumLatentBytes { get; init; } = 4L << 30;

    /// <summary>
    /// Gets the folder that keeps the training's state: weights, averages, Adam's moments, streams of random numbers, order, options. From it a
    /// training goes on to the same weights, to the last bit, as if it had never stopped. It is about four times as large as the U-Net.
    /// </summary>
    /// <value>Default: null, none.</value>
    public string? StateFolder { get; init; }

    /// <summary>Gets after how many steps the state is written, at least 1; it also is at the end, and when the training is cancelled.</summary>
    /// <value>Default: 1000.</value>
    public int SaveInterval { get; init; } = 1000;

    /// <summary>
    /// Gets a value indicating whether the training goes on from the state in <see cref="StateFolder"/>. Images, labels, first stage and options
    /// must be those with which it was begun; <see cref="TrainingOptions.Steps"/> and <see cref="TrainingOptions.Epochs"/> may be more where the
    /// learning rate does not depend on them.
    /// </summary>
    /// <value>Default: <see langword="false"/>: the training begins, and a state that is there already is an error.</value>
    public bool Resume { get; init; }

    /// <summary>Makes the description of the model that is trained on some images.</summary>
    internal LatentDiffusionConfig ModelFor(AutoencoderConfig autoencoder, LabeledImages images)
    {
        var labels = images.Labels is null ? null : new LabelConditioning
        {
            Count = images.LabelCount, Names = images.LabelNames ?? [], Input = LabelInput, HasNullLabel = LabelDropout > 0,
        };
        var network = UNet ?? SmallUNet(autoencoder.LatentChannels, LabelInput == LabelInput.ContextToken && labels is not null);
        return new LatentDiffusionConfig
        {
            UNet = network with { LabelCount = labels is { Input: LabelInput.TimeEmbedding } ? labels.NetworkCount : null },
            Schedule = Schedule, Prediction = Loss.Prediction, Conditioning = labels ?? Conditioning.None, Sampling = Sampling,
            LatentHeight = images.Images.Height / autoencoder.DownsampleFactor, LatentWidth = images.Images.Width / autoencoder.DownsampleFactor,
        };
    }

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        ArgumentNullException.ThrowIfNull(Schedule);
        ArgumentNullException.ThrowIfNull(Loss);
        ArgumentNullException.ThrowIfNull(Sampling);
        UNet?.Validate();
        Schedule.Validate();
        Loss.Validate();
        Require(
            Enum.IsDefined(LabelInput),
            $"{nameof(LabelInput)} is {LabelInput}; it must be one of {string.Join(", ", Enum.GetNames<LabelInput>())}.");
        Require(
            Enum.IsDefined(LatentVariation),
            $"{nameof(LatentVariation)} is {LatentVariation}; it must be one of {string.Join(", ", Enum.GetNames<LatentVariation>())}.");
        Require(
            EmaDecay is null or (>= 0 and < 1), $"{nameof(EmaDecay)} is {EmaDecay}; it must be at least 0 and below 1, or null for no average.");
        Require(SaveInterval >= 1, $"{nameof(SaveInterval)} is {SaveInterval}; it must be at least 1.");
        Require(!Resume || !string.IsNullOrEmpty(StateFolder), $"{nameof(Resume)} is set, but no {nameof(StateFolder)} to go on from.");
        Require(LabelDropout is >= 0 and < 1, $"{nameof(LabelDropout)} is {LabelDropout}; it must be at least 0 and below 1.");
    }

    private static UNetConfig SmallUNet(int channels, bool readsTokens) => new()
    {
        InputChannels = channels, OutputChannels = channels, BaseChannels = 64, ChannelMultipliers = [1, 2, 2], ResidualBlocks = 2,
        AttentionFactors = [2, 4], HeadChannels = 32, ContextDimension = readsTokens ? 128 : null,
    };
}
