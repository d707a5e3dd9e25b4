using System.Text.Json.Serialization;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Training;

/// <summary>The options of <see cref="DiffusionTrainer"/>.</summary>
/// <example>
/// <code>
/// var options = new DiffusionTrainingOptions { Steps = 20_000, BatchSize = 32, EmaDecay = 0.999, StateFolder = "training" };
/// </code>
/// </example>
public sealed record DiffusionTrainingOptions : TrainingOptions
{
    private const int LabelTokenWidth = 128;

    /// <summary>Initializes the defaults.</summary>
    public DiffusionTrainingOptions()
    {
        Epochs = 100;
        LearningRate = 2e-4;
        (Beta1, Beta2) = (0.9, 0.999);
        WeightDecay = 0.01;
        GradientClipNorm = 1;
        EmaDecay = 0.9999;
    }

    /// <summary>
    /// Gets the shape of the U-Net. Its input channels must be those of the latents, the width of its context that of
    /// <see cref="TextEncoder"/> if there are captions; the number of labels follows from the images.
    /// </summary>
    /// <value>Default: null, a small one: 64 channels at full size, 128 below, attention below full size, about 7 million weights.</value>
    public UNetConfig? UNet { get; init; }

    /// <summary>
    /// Gets the model from whose U-Net the training starts: every weight whose name and shape match is copied, and all others are
    /// random; the first layers must match. It remains the caller's.
    /// </summary>
    /// <value>Default: null: all weights are random.</value>
    [JsonIgnore]
    public LatentDiffusionModel? InitialModel { get; init; }

    /// <summary>
    /// Gets the LoRA that is trained instead of the weights of <see cref="InitialModel"/>, which stay as they are; the result is
    /// <see cref="TrainingResult{TModel}.Lora"/>, and a copy of the model with the LoRA merged into it. Network, text encoder, schedule,
    /// prediction, latent scale and sampling are those of the model; labels are found among the model's by their names.
    /// </summary>
    /// <value>Default: null, all weights are trained.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LoraTrainingOptions? Lora { get; init; }

    /// <summary>Gets how a label enters the U-Net; unused without labels.</summary>
    /// <value>Default: <see cref="Generation.LabelInput.TimeEmbedding"/>.</value>
    public LabelInput LabelInput { get; init; }

    /// <summary>Gets the shape of the text encoder that is trained jointly; unused without captions.</summary>
    /// <value>Default: 4 blocks of width 128, texts of 77 tokens.</value>
    [JsonIgnore]
    public TextEncoderTrainingOptions TextEncoder { get; init; } = new();

    /// <summary>Gets the noise schedule.</summary>
    /// <value>Default: <see cref="NoiseScheduleConfig.LatentDiffusion"/>.</value>
    public NoiseScheduleConfig Schedule { get; init; } = NoiseScheduleConfig.LatentDiffusion;

    /// <summary>Gets the loss: what the U-Net predicts, and how its errors are weighted.</summary>
    /// <value>Default: the squared error of the noise, as published.</value>
    public DiffusionLossOptions Loss { get; init; } = new();

    /// <summary>Gets the default sampling of the trained model. It does not affect the training.</summary>
    /// <value>Default: 50 steps of DDIM.</value>
    [JsonIgnore]
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>Gets which latent of an image is trained on, if the first stage has posteriors.</summary>
    /// <value>Default: <see cref="Training.LatentVariation.Sample"/>.</value>
    public LatentVariation LatentVariation { get; init; }

    /// <summary>
    /// Gets whether the first stage keeps its latent scale; otherwise the scale is 1 / the standard deviation of the training latents (CompVis
    /// <c>scale_by_std</c>), of at most 1,024 images. If the training uses samples of posteriors (<see cref="LatentVariation"/>), their
    /// variance counts too.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool KeepLatentScale { get; init; }

    /// <summary>
    /// Gets the share of images whose label or caption is dropped in a step, in [0, 1), so that the model also learns to generate without one, which
    /// classifier-free guidance needs (<c>p_uncond</c>; Ho and Salimans 2022). Unused without labels and captions, and for the LoRA of a model
    /// without a null label.
    /// </summary>
    /// <value>
    /// Default: 0.1. With 0 a model with labels has no null label and cannot be guided, and guidance of a model with captions works badly.
    /// </value>
    public double LabelDropout { get; init; } = 0.1;

    /// <summary>
    /// Gets the largest number of bytes of latents in memory, at least 0. Where there are more, they are kept in a file of <see cref="LatentFolder"/> and
    /// read when a batch needs them, which does not change a bit of the training.
    /// </summary>
    /// <value>Default: 4 GiB, which is half a million images of 4x16x16 with their deviations.</value>
    public long MaximumLatentBytes { get; init; } = 4L << 30;

    /// <summary>
    /// Gets the folder for files of latents. If it is given, latents are kept there whatever their number, and a training with the same images and
    /// first stage reuses them: a file is found by the first stage's weights and network, the images' values, size, mirroring and deviations, and
    /// what rounds (device, threads, vectors, libtorch), and its content is checked.
    /// </summary>
    /// <value>
    /// Default: null: latents are kept in memory, or, if they are more than <see cref="MaximumLatentBytes"/>, in the user's cache: <c>latents</c> in
    /// the folder that the variable <c>LDMML_CACHE</c> names, otherwise <c>ldmml/latents</c> in <c>XDG_CACHE_HOME</c>, in the local application data
    /// (Windows), or in <c>~/.cache</c>.
    /// </value>
    public string? LatentFolder { get; init; }

    /// <summary>
    /// Gets the largest number of bytes of all files of latents in the folder together, at least 1. Those that were not used for longest are deleted to
    /// make room; latents that alone are larger are an error.
    /// </summary>
    /// <value>Default: 64 GiB.</value>
    public long MaximumLatentFolderBytes { get; init; } = 64L << 30;

    /// <summary>Creates the config of the model to train.</summary>
    internal LatentDiffusionConfig ModelFor(AutoencoderConfig autoencoder, LabeledImages images)
    {
        if (Lora is not null)
            return new LoraBase(InitialModel!).ConfigFor(autoencoder, images);
        var labels = images.Labels is null ? null : new LabelConditioning
        {
            Count = images.LabelCount, Names = images.LabelNames ?? [], Input = LabelInput, HasNullLabel = LabelDropout > 0,
        };
        var tokens = images.Captions is null ? null : new ContextConditioning { Dimension = TextEncoder.Width, Tokens = TextEncoder.Tokens };
        var width = tokens?.Dimension ?? (labels?.Input == LabelInput.ContextToken ? LabelTokenWidth : (int?)null);
        var network = UNet ?? SmallUNet(autoencoder.LatentChannels, width);
        return new LatentDiffusionConfig
        {
            UNet = network with { LabelCount = labels is { Input: LabelInput.TimeEmbedding } ? labels.NetworkCount : null },
            Schedule = Schedule, Prediction = Loss.Prediction, Conditioning = labels ?? tokens ?? Conditioning.None, Sampling = Sampling,
            LatentHeight = images.Images.Height / autoencoder.DownsampleFactor, LatentWidth = images.Images.Width / autoencoder.DownsampleFactor,
        };
    }

    /// <summary>Creates the text encoder to train, or returns the model's for a LoRA; null without captions.</summary>
    internal TextPart? TextFor(LabeledImages images) =>
        images.Captions is null ? null : Lora is null ? TextEncoder.For(images.Captions) : new LoraBase(InitialModel!).Text;

    /// <summary>Returns the options with everything that the model of a LoRA determines.</summary>
    internal DiffusionTrainingOptions Resolved() => Lora is null ? this : this with
    {
        Schedule = InitialModel!.Config.Schedule, Loss = Loss with { Prediction = InitialModel.Config.Prediction }, KeepLatentScale = true,
    };

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        ArgumentNullException.ThrowIfNull(TextEncoder);
        ArgumentNullException.ThrowIfNull(Schedule);
        ArgumentNullException.ThrowIfNull(Loss);
        ArgumentNullException.ThrowIfNull(Sampling);
        UNet?.Validate();
        TextEncoder.Validate();
        Schedule.Validate();
        Loss.Validate();
        Check.Defined(LabelInput);
        Check.Defined(LatentVariation);
        Check.AtLeast(MaximumLatentBytes, 0);
        Check.AtLeast(MaximumLatentFolderBytes, 1);
        Check.That(LatentFolder is not "", LatentFolder, $"it must name a folder, or be {Wording.Nothing} for memory and the user's cache");
        Check.That(LabelDropout is >= 0 and < 1, LabelDropout, "it must be at least 0 and below 1");
        if (Lora is not null)
            LoraBase.Validate(this);
    }

    private static UNetConfig SmallUNet(int channels, int? tokenWidth) => new()
    {
        InputChannels = channels, OutputChannels = channels, BaseChannels = 64, ChannelMultipliers = [1, 2, 2], ResidualBlocks = 2,
        AttentionFactors = [2, 4], HeadChannels = 32, ContextDimension = tokenWidth,
    };
}
