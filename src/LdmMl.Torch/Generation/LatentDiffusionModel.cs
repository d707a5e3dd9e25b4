using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation.Storage;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>
/// A latent diffusion model (Rombach et al. 2022): seeds in, images out. Safe to use from several threads at once.
/// A handle to weights that several handles can share: dispose every handle; the last one frees the weights.
/// </summary>
/// <remarks>
/// A row's image is the same to the last bit whatever else is in its batch and however large the batch is. OpenTelemetry and other listeners learn of
/// every generation from the meter and the activity source <c>LdmMl</c>.
/// </remarks>
/// <example>
/// <code>
/// using var latentDiffusion = LatentDiffusionModel.Load("emoji-ldm");
/// using var generated = latentDiffusion.Generate(new GenerationBatch { Seeds = [1, 2, 3] });   // [3, C, H, W]
/// latentDiffusion.Save("copy", StorageFormat.BFloat16);
/// </code>
/// </example>
public sealed class LatentDiffusionModel : ModelHandle<LatentDiffusionModel>
{
    private const long SmallestLargestFile = 1 << 16;

    private readonly NoiseSchedule schedule;

    private LatentDiffusionModel(
        NetworkHandle handle, AutoencoderModel autoencoder, TextEncoderModel? ownEncoder, LatentDiffusionConfig config, string source, LoadReport loadReport)
        : base(handle, source, loadReport)
    {
        TextEncoder = OwnEncoder = ownEncoder;
        schedule = new NoiseSchedule(config.Schedule);
        Autoencoder = autoencoder;
        Config = config;
    }

    /// <summary>Gets the shape of the U-Net, the noise schedule, the conditioning and the default sampling.</summary>
    public LatentDiffusionConfig Config { get; }

    /// <summary>
    /// Gets the first stage, which knows the pixel range and the latent scale. It belongs to this handle; share it to keep it longer.
    /// </summary>
    public AutoencoderModel Autoencoder { get; }

    /// <summary>
    /// Gets the encoder of prompts: the model's own, which belongs to this handle, or one that was plugged in by
    /// <see cref="With(ITextEncoder)"/>; null if the model takes no prompts, or its files contain no encoder.
    /// </summary>
    public ITextEncoder? TextEncoder { get; private init; }

    /// <summary>
    /// Gets the LoRA files that are merged into the weights, in the order in which they were added, including those of a model that was saved with them.
    /// </summary>
    public IReadOnlyList<WeightedLora> Loras { get; private init; } = [];

    /// <summary>Gets the words that were added to the text encoder by textual inversions, in the order in which they were added.</summary>
    public IReadOnlyList<string> Words { get; private init; } = [];

    /// <summary>Gets the number of parameters of the U-Net, the first stage and the model's own text encoder.</summary>
    public override long ParameterCount => base.ParameterCount + Autoencoder.ParameterCount + (OwnEncoder?.ParameterCount ?? 0);

    /// <summary>Gets the default width of generated images in pixels.</summary>
    public int DefaultWidth => Config.LatentWidth * Autoencoder.Config.DownsampleFactor;

    /// <summary>Gets the default height of generated images in pixels.</summary>
    public int DefaultHeight => Config.LatentHeight * Autoencoder.Config.DownsampleFactor;

    /// <summary>Gets the model's own text encoder, which belongs to this handle; null for none.</summary>
    internal TextEncoderModel? OwnEncoder { get; }

    /// <summary>Gets the U-Net itself, for training and inspection; it lives as long as a handle does.</summary>
    internal UNet Network => Denoiser.UNet;

    /// <summary>Gets the U-Net and the label tokens.</summary>
    internal DenoisingNetwork Denoiser => (DenoisingNetwork)Handle.Network.Module;

    /// <summary>Creates an untrained model around a first stage, for training and for tests.</summary>
    /// <param name="autoencoder">The first stage; the model opens its own handle to it, and uses its convolution mode.</param>
    /// <param name="config">The config of the rest.</param>
    /// <param name="seed">The seed of the random weights; the same seed gives the same weights.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="ArgumentException">
    /// No network can be built from the config, it does not fit the first stage, or its sampling does not fit its schedule.
    /// </exception>
    public static LatentDiffusionModel Create(AutoencoderModel autoencoder, LatentDiffusionConfig config, long seed) =>
        Create(autoencoder, config, text: null, seed);

    /// <summary>Creates an untrained model, with an untrained text encoder unless that is null.</summary>
    internal static LatentDiffusionModel Create(AutoencoderModel autoencoder, LatentDiffusionConfig config, TextPart? text, long seed)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate(autoencoder.Config);
        config.ValidateSampling();
        var network = DenoisingFactory.Build(config);
        DenoisingFactory.Initialize(network, seed);
        var first = autoencoder.To(CPU, ModelPrecision.Float32);
        return Own(network, first, text is null ? null : TextEncoderModel.Create(text, seed), config, $"random weights, seed {seed}", new LoadReport([], [], []));
    }

    /// <summary>Generates images.</summary>
    /// <param name="batch">The rows: seeds, and the conditions of each.</param>
    /// <param name="settings">How to generate; null for the defaults.</param>
    /// <param name="progress">
    /// Receives a report after each step, on the calling thread; null for none. The tensors of a report live until
    /// <see cref="IProgress{T}.Report"/> returns, so use <see cref="StepProgress"/>, not <see cref="Progress{T}"/>, to read them; decode
    /// <see cref="SamplingProgress.Start"/> with <see cref="Autoencoder"/> for a preview.
    /// </param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    /// <returns>Images [B, C, H, W], float32, on the CPU, in the first stage's pixel range. The caller disposes them.</returns>
    /// <exception cref="Arguments.OptionException">The batch or a setting does not fit the model; the message says what is needed.</exception>
    /// <exception cref="NonFiniteException">A result is not finite; the message names the module that first produced it.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public Tensor Generate(
        GenerationBatch batch, GenerationSettings? settings = null, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Run(batch, settings, run => run.Measure(progress, watched => run.Images(watched, cancellationToken)));

    /// <summary>Generates latents, which <see cref="AutoencoderModel.Decode"/> decodes to images.</summary>
    /// <param name="batch">The rows, as for <see cref="Generate"/>.</param>
    /// <param name="settings">How to generate; null for the defaults.</param>
    /// <param name="progress">Receives a report after each step, as for <see cref="Generate"/>; null for none.</param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    /// <returns>Scaled latents [B, c, h, w], float32, on the CPU. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The batch or a setting does not fit the model.</exception>
    /// <exception cref="NonFiniteException">A result is not finite.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public Tensor GenerateLatents(
        GenerationBatch batch, GenerationSettings? settings = null, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Run(batch, settings, run => run.Measure(progress, watched => run.Latents(watched, cancellationToken)));

    /// <summary>Creates a denoiser of the model's network, with the conditions and the guidance of a batch.</summary>
    /// <param name="batch">The rows; only their conditions and the number of their seeds matter.</param>
    /// <param name="settings">The guidance; null for none. Sampling settings are ignored.</param>
    /// <returns>The denoiser, with its own handle to the weights. The caller disposes it.</returns>
    /// <exception cref="Arguments.OptionException">The batch or a setting does not fit the model.</exception>
    public ModelDenoiser CreateDenoiser(GenerationBatch batch, GenerationSettings? settings = null) => Run(batch, settings, run =>
    {
        var conditions = run.Conditions();
        return new ModelDenoiser(Share(), conditions, run.Denoiser(conditions));
    });

    /// <summary>Prepares the conditions of a batch for the network; the caller disposes them.</summary>
    internal RowConditions Conditions(GenerationBatch batch, GenerationSettings settings, INoiseSource? noise = null) =>
        Run(batch, settings, run => run.Conditions(noise));

    /// <summary>Samples latents with noise from a source other than the rows' seeds. The caller disposes them.</summary>
    internal Tensor SampleWith(
        GenerationBatch batch, GenerationSettings settings, INoiseSource noise, SamplingOptions options, Func<IDenoiser, IDenoiser> watch) =>
        Run(batch, settings, run => run.Sample(noise, options, watch));

    /// <summary>Uses the weights; this handle stays open meanwhile.</summary>
    internal T Hold<T>(Func<T> use) => Handle.Hold(use);

    /// <summary>Decodes latents from <see cref="GenerateLatents"/>, as <see cref="Generate"/> does.</summary>
    internal Tensor DecodeGenerated(Tensor latents, GenerationBatch batch, GenerationSettings? settings = null)
    {
        // The part of the batch that determines the latents was checked when they were generated.
        var run = new GenerationRun(Handle.Network, Autoencoder, Config, schedule, batch, settings ?? new GenerationSettings());
        return Handle.Hold(() => run.Decode(latents));
    }

    /// <summary>
    /// Opens a model with its text encoder, if it has one: a folder in diffusers' layout, or a CompVis checkpoint with its YAML. Supports Stable
    /// Diffusion 1 and 2, SDXL, and latent diffusion's own text-to-image models.
    /// </summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="options">How to open it; null for the defaults.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="CheckpointException">Something is missing, damaged or not supported; the message names the file and what to do.</exception>
    public static LatentDiffusionModel Load(string path, LatentDiffusionLoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = InstalledModels.Resolve(path, InstalledModelKind.Diffusion);
        options ??= new LatentDiffusionLoadOptions();
        using var stored = ModelLocation.Read(path, options);
        return Open(stored.With(options));
    }

    /// <summary>
    /// Writes a folder in diffusers' layout: <c>model_index.json</c>, and the first stage, <c>unet/</c> and <c>scheduler/</c> with configurations
    /// and weights. Whatever diffusers has no key for, such as the names of labels, is in <c>model_index.json</c> under <c>_ldmml</c>.
    /// </summary>
    /// <param name="folder">The folder. A new folder is written atomically; in an existing one each file is replaced atomically.</param>
    /// <param name="format">The number format of the weights.</param>
    /// <param name="maximumFileBytes">
    /// The largest file of weights of the U-Net and the text encoders in bytes, at least 65,536, for hosts with a size limit (diffusers
    /// <c>max_shard_size</c>): larger weights are written as several files with an index. Null, the default, means one file each.
    /// </param>
    /// <exception cref="ArgumentException">A weight is too large for the format, or the limit too small.</exception>
    public void Save(string folder, StorageFormat format = StorageFormat.Float32, long? maximumFileBytes = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Arguments.Check.That(
            maximumFileBytes is null or >= SmallestLargestFile, maximumFileBytes, $"it must be at least {SmallestLargestFile}, or {Arguments.Wording.Nothing} for no limit");
        ModelFolder.Write(folder, writeFile => Write(writeFile, format, maximumFileBytes));
    }

    /// <summary>Computes a hash that identifies these weights, whatever files they came from.</summary>
    /// <returns>The SHA-256 of the weights of all networks, as they would be written, as lowercase hexadecimal.</returns>
    public string ComputeWeightHash()
    {
        var hash = ModelFolder.HashWeights(writeFile => Write(writeFile));
        RestAll();
        return hash;
    }

    /// <inheritdoc/>
    public override long TransformedWeightBytes(ConvolutionMode convolutions) =>
        base.TransformedWeightBytes(convolutions) + Autoencoder.TransformedWeightBytes(convolutions);

    /// <summary>Opens the files written by <see cref="Write"/>.</summary>
    /// <param name="readFile">Opens a file by its name, passes the stream to the reader, and closes it.</param>
    /// <param name="source">The container's name in messages.</param>
    internal static LatentDiffusionModel Read(Action<string, Action<Stream>> readFile, string source)
    {
        using var stored = ModelReading.Read(new StreamFiles(readFile, source));
        return Open(stored);
    }

    /// <summary>Opens another handle to the same weights that encodes prompts with a different text encoder.</summary>
    /// <param name="encoder">The encoder. The caller keeps ownership; it must live as long as the handle.</param>
    /// <returns>The handle; dispose it like this one. It saves the model's own encoder, if there is one.</returns>
    /// <exception cref="Arguments.OptionException">The model takes no tokens, or tokens of another width.</exception>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public LatentDiffusionModel With(ITextEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        var width = Config.Conditioning.CrossAttention?.Dimension;
        Arguments.Check.That(width == encoder.Width, encoder.Width, width is null
            ? "this model takes no tokens, and so no prompts" : $"the model takes tokens of width {width}", nameof(encoder.Width));
        return new(Handle.Share(), Autoencoder.Share(), OwnEncoder?.Share(), Config, Source, LoadReport)
        {
            TextEncoder = encoder, Loras = Loras, Words = Words,
        };
    }

    /// <summary>Opens a handle to other weights of the same model.</summary>
    /// <param name="handle">The U-Net; the new model takes ownership.</param>
    /// <param name="text">The model's own text encoder, of which the new model takes ownership; null for none.</param>
    /// <param name="loras">The LoRA files that are merged into the weights.</param>
    /// <param name="words">The words that were added to the text encoder.</param>
    internal LatentDiffusionModel Changed(
        NetworkHandle handle, TextEncoderModel? text, IReadOnlyList<WeightedLora> loras, IReadOnlyList<string> words) =>
        new(handle, Autoencoder.Share(), text, Config, Source, LoadReport)
        {
            TextEncoder = ReferenceEquals(TextEncoder, OwnEncoder) ? text : TextEncoder, Loras = loras, Words = words,
        };

    /// <summary>Opens a handle to a copy of the U-Net's weights.</summary>
    internal NetworkHandle CopyUNet() =>
        Handle.HoldWeights(network => Handle.On(new SharedNetwork(Convert(network, Device, Precision), Device, Precision)));

    /// <summary>Opens another handle to the U-Net's weights.</summary>
    internal NetworkHandle ShareUNet() => Handle.Share();

    /// <summary>Describes the model in one line.</summary>
    /// <returns>
    /// Such as <c>latent diffusion model, 64x64 images, 10 labels, 4,200,000 parameters, Float32 on cpu, from models/emoji</c>, with its LoRA files
    /// and added words.
    /// </returns>
    public override string ToString() => ModelText.Of(
        $"latent diffusion model, {DefaultWidth}x{DefaultHeight} images, {Config.Conditioning.Summary}", ParameterCount, Precision, Device, Source)
        + string.Concat(Loras.Select(merged => $", with LoRA {merged}"))
        + string.Concat(Words.Select(word => $", with the word '{word}'"));

    /// <summary>Writes the files of the folder to streams; the model determines which files there are.</summary>
    /// <param name="writeFile">Opens a file with the given name, passes its stream to the writer, and closes it.</param>
    /// <param name="format">The number format of the weights.</param>
    /// <param name="largest">The largest file of weights in bytes; null for no limit.</param>
    internal void Write(Action<string, Action<Stream>> writeFile, StorageFormat format = StorageFormat.Float32, long? largest = null) =>
        Handle.HoldWeights(network => ModelWriting.Write(
            Config, (DenoisingNetwork)network, Autoencoder, OwnEncoder, new ModelHistory(Loras, Words), format, largest, writeFile));

    private protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Autoencoder.Dispose();
        OwnEncoder?.Dispose();
    }

    // The first stage follows the U-Net to its device, number format and convolution mode; the text encoder too, but stays in float32.
    private protected override LatentDiffusionModel Reopen(NetworkHandle other)
    {
        using var moved = Autoencoder.To(other.Network.Device, other.Network.Precision);
        using var movedText = OwnEncoder?.To(other.Network.Device, ModelPrecision.Float32);
        var reads = movedText?.With(other.Convolutions);
        var plugged = ReferenceEquals(TextEncoder, OwnEncoder) ? reads : TextEncoder;
        return new(other, moved.With(other.Convolutions), reads, Config, Source, LoadReport) { TextEncoder = plugged, Loras = Loras, Words = Words };
    }

    private protected override nn.Module Convert(nn.Module network, Device device, ModelPrecision precision) =>
        DenoisingFactory.Convert((DenoisingNetwork)network, Config, device, precision);

    // Whatever read all weights leaves their memory to the networks, which need one part after the other.
    private void RestAll()
    {
        Rest();
        Autoencoder.Rest();
        OwnEncoder?.Rest();
    }

    private static LatentDiffusionModel Open(LatentDiffusionCheckpoint stored)
    {
        var (network, report) = stored.Load();
        return Own(network, stored.Autoencoder.Share(), stored.Text?.Share(), stored.Config, stored.Source, report, stored.History);
    }

    private static LatentDiffusionModel Own(
        DenoisingNetwork network, AutoencoderModel autoencoder, TextEncoderModel? text, LatentDiffusionConfig config, string source, LoadReport report,
        ModelHistory? history = null)
    {
        var shared = new SharedNetwork(network, CPU, ModelPrecision.Float32);
        var handle = new NetworkHandle(shared, typeof(LatentDiffusionModel), autoencoder.Convolutions);
        return new(handle, autoencoder, text, config, source, report) { Loras = history?.Loras ?? [], Words = history?.Words ?? [] };
    }

    /// <summary>Encodes the prompts of a batch, checks the whole, and uses it while this handle keeps the weights.</summary>
    private T Run<T>(GenerationBatch batch, GenerationSettings? settings, Func<GenerationRun, T> use)
    {
        ArgumentNullException.ThrowIfNull(batch);
        settings ??= new GenerationSettings();
        using var prompts = PromptedBatch.Of(batch, settings, Config.Conditioning, TextEncoder);
        if (batch.Prompts is not null)
            (TextEncoder as TextEncoderModel)?.Rest();
        GenerationArguments.CheckAll(prompts.Batch, settings, Config, Autoencoder.Config);
        var run = new GenerationRun(Handle.Network, Autoencoder, Config, schedule, prompts.Batch, settings);
        return Handle.Hold(() => use(run));
    }
}
