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
/// An opened latent diffusion model (Rombach et al. 2022): seeds in, images out. Safe to use from several threads at once.
/// A handle on weights that several handles can share: dispose every handle; the last one frees the weights.
/// </summary>
/// <remarks>A row's image is the same to the last bit whatever else is in its batch and however large the batch is.</remarks>
/// <example>
/// <code>
/// using var latentDiffusion = LatentDiffusionModel.Load("emoji-ldm");
/// using var generated = latentDiffusion.Generate(new GenerationBatch { Seeds = [1, 2, 3] });   // [3, C, H, W]
/// latentDiffusion.Save("copy", StorageFormat.BFloat16);
/// </code>
/// </example>
public sealed class LatentDiffusionModel : ModelHandle<LatentDiffusionModel>
{
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

    /// <summary>Gets the shape of the U-Net, the noise schedule, the conditioning and the usual sampling.</summary>
    public LatentDiffusionConfig Config { get; }

    /// <summary>
    /// Gets the first stage, which knows the pixel range and the scale of the latents. It belongs to this handle: share it to keep it longer.
    /// </summary>
    public AutoencoderModel Autoencoder { get; }

    /// <summary>
    /// Gets what turns prompts into the tokens that the model looks at: its own encoder, which belongs to this handle, or one that was plugged in by
    /// <see cref="With(ITextEncoder)"/>; null where the model takes no texts, or its files have no encoder.
    /// </summary>
    public ITextEncoder? TextEncoder { get; private init; }

    /// <summary>Gets the LoRA files whose changes are in the weights, in the order in which they were added; empty for a model as its files have it.</summary>
    public IReadOnlyList<MergedLora> Loras { get; private init; } = [];

    /// <summary>Gets the words that the text encoder learned from textual inversions, in the order in which they were added.</summary>
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
    internal DenoisingNetwork Denoiser => (DenoisingNetwork)Handle.WithWeights;

    /// <summary>Creates an untrained model around a first stage, for training and for tests.</summary>
    /// <param name="autoencoder">The first stage; the model opens its own handle on it, and uses its convolution mode.</param>
    /// <param name="config">The rest.</param>
    /// <param name="seed">The seed of the random weights; the same seed gives the same weights.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="ArgumentException">
    /// No network can be built from the config, it does not fit the first stage, or its sampling does not fit its schedule.
    /// </exception>
    public static LatentDiffusionModel Create(AutoencoderModel autoencoder, LatentDiffusionConfig config, long seed)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate(autoencoder.Config);
        config.ValidateSampling();
        var network = DenoisingFactory.Build(config);
        DenoisingFactory.Initialize(network, seed);
        var first = autoencoder.To(CPU, ModelPrecision.Float32);
        return Own(network, first, text: null, config, $"random weights, seed {seed}", new LoadReport([], [], []));
    }

    /// <summary>Generates images.</summary>
    /// <param name="batch">The rows: seeds, and the conditions of each.</param>
    /// <param name="settings">How to generate; null for the defaults.</param>
    /// <param name="progress">
    /// Receives a report after each step, on the calling thread; null for none. The tensors of a report live until
    /// <see cref="IProgress{T}.Report"/> returns, so take <see cref="StepProgress"/>, not <see cref="Progress{T}"/>, to look at them; decode
    /// <see cref="SamplingProgress.Start"/> with <see cref="Autoencoder"/> for a preview.
    /// </param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    /// <returns>Images [B, C, H, W], float32, on the CPU, in the first stage's pixel range. The caller disposes them.</returns>
    /// <exception cref="Arguments.OptionException">The batch or a setting does not fit the model; the message says what is needed.</exception>
    /// <exception cref="NonFiniteException">A result is not finite; the message names the module that first produced it.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public Tensor Generate(
        GenerationBatch batch, GenerationSettings? settings = null, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        using var prompts = Read(batch, settings);
        var run = Prepare(prompts.Batch, settings);
        return Handle.Hold(() => run.Images(progress, cancellationToken));
    }

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
        CancellationToken cancellationToken = default)
    {
        using var prompts = Read(batch, settings);
        var run = Prepare(prompts.Batch, settings);
        return Handle.Hold(() => run.Latents(progress, cancellationToken));
    }

    /// <summary>Creates a denoiser of the model's network, with the conditions and the guidance of a batch.</summary>
    /// <param name="batch">The rows; only their conditions and the number of their seeds matter.</param>
    /// <param name="settings">The guidance; null for none. Sampling settings are ignored.</param>
    /// <returns>The denoiser, with its own handle on the weights. The caller disposes it.</returns>
    /// <exception cref="Arguments.OptionException">The batch or a setting does not fit the model.</exception>
    /// <example>
    /// Running a sampler by hand:
    /// <code>
    /// var batch = new GenerationBatch { Seeds = [1, 2] };
    /// var sampling = new SamplingSettings { Sampler = new DpmSolverPlusPlus2MSampler(), Steps = 20 };
    /// var plan = sampling.CreatePlan(new NoiseSchedule(model.Config.Schedule));
    /// using var denoiser = model.CreateDenoiser(batch);
    /// using var noise = new RowNoise(batch.Seeds);
    /// using var shape = zeros(2, model.Config.UNet.OutputChannels, model.Config.LatentHeight, model.Config.LatentWidth);
    /// using var drawn = noise.Draw(shape);
    /// using var first = plan.FirstState(drawn);
    /// using var latents = sampling.Sampler.Sample(denoiser, first, plan, new SamplingOptions { Noise = noise });
    /// using var pictures = model.Autoencoder.Decode(latents);
    /// </code>
    /// </example>
    public ModelDenoiser CreateDenoiser(GenerationBatch batch, GenerationSettings? settings = null)
    {
        using var prompts = Read(batch, settings);
        var run = Prepare(prompts.Batch, settings);
        var conditions = Handle.Hold(() => run.Conditions());
        return new ModelDenoiser(Share(), conditions, run.Denoiser(conditions));
    }

    /// <summary>Brings the conditions of a batch to the network; the caller disposes them.</summary>
    internal RowConditions Conditions(GenerationBatch batch, GenerationSettings settings, INoiseSource? noise = null)
    {
        using var prompts = Read(batch, settings);
        var run = Prepare(prompts.Batch, settings);
        return Handle.Hold(() => run.Conditions(noise));
    }

    /// <summary>Samples latents with noise from elsewhere than the rows' seeds, while somebody looks on. The caller disposes them.</summary>
    internal Tensor SampleWith(GenerationBatch batch, GenerationSettings settings, INoiseSource noise, SamplingOptions options, Func<IDenoiser, IDenoiser> watch)
    {
        using var prompts = Read(batch, settings);
        var run = Prepare(prompts.Batch, settings);
        return Handle.Hold(() => run.Sample(noise, options, watch));
    }

    /// <summary>Uses the weights while this handle keeps them.</summary>
    internal T Hold<T>(Func<T> use) => Handle.Hold(use);

    /// <summary>Decodes latents from <see cref="GenerateLatents"/>, as <see cref="Generate"/> does.</summary>
    internal Tensor DecodeGenerated(Tensor latents, GenerationBatch batch, GenerationSettings? settings = null)
    {
        // What of the batch makes the latents was checked and read when they were made.
        var run = new GenerationRun(Handle.Network, Autoencoder, Config, schedule, batch, settings ?? new GenerationSettings());
        return Handle.Hold(() => run.Decode(latents));
    }

    /// <summary>
    /// Opens a model: a folder in diffusers' layout, or a CompVis checkpoint with its YAML, with its text encoder where it has one: Stable Diffusion
    /// 1 and 2, SDXL, and latent diffusion's own text-to-image models.
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
    /// and weights. What diffusers has no key for, such as the names of labels, is in <c>model_index.json</c> under <c>_ldmml</c>.
    /// </summary>
    /// <param name="folder">The folder. A new folder is written atomically; in an existing one each file is replaced atomically.</param>
    /// <param name="format">The number format of the weights.</param>
    /// <exception cref="ArgumentException">A weight is too large for the format.</exception>
    public void Save(string folder, StorageFormat format = StorageFormat.Float32)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ModelFolder.Write(folder, writeFile => Write(writeFile, format));
    }

    /// <summary>Computes a hash that identifies these weights, whatever files they came from.</summary>
    /// <returns>The SHA-256 of the weights of both networks, as they would be written, as lowercase hexadecimal.</returns>
    public string ComputeWeightHash() => ModelFolder.HashWeights(writeFile => Write(writeFile));

    /// <inheritdoc/>
    public override long TransformedWeightBytes(ConvolutionMode convolutions) =>
        base.TransformedWeightBytes(convolutions) + Autoencoder.TransformedWeightBytes(convolutions);

    /// <inheritdoc cref="AutoencoderModel.KeepOnlyTransformedWeights"/>
    public void KeepOnlyTransformedWeights()
    {
        Handle.KeepOnlyTransformed();
        Autoencoder.KeepOnlyTransformedWeights();
    }

    /// <summary>Opens the files that <see cref="Write"/> wrote.</summary>
    /// <param name="readFile">Opens a file by its name, passes the stream to the reader, and closes it.</param>
    /// <param name="source">The container's name in messages.</param>
    internal static LatentDiffusionModel Read(Action<string, Action<Stream>> readFile, string source)
    {
        using var stored = ModelReading.Read(new StreamFiles(readFile, source));
        return Open(stored);
    }

    /// <summary>Opens another handle on the same weights that turns prompts into tokens with another text encoder.</summary>
    /// <param name="encoder">The encoder. It stays the caller's, and must live as long as the handle.</param>
    /// <returns>The handle; dispose it like this one. What it saves has the model's own encoder, if there is one.</returns>
    /// <exception cref="Arguments.OptionException">The model looks at no tokens, or at tokens of another width.</exception>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public LatentDiffusionModel With(ITextEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        var width = Config.Conditioning.CrossAttention?.Dimension;
        Arguments.Check.That(width == encoder.Width, encoder.Width, width is null
            ? "this model looks at no tokens, so it takes no texts" : $"the model looks at tokens of {width} numbers", nameof(encoder.Width));
        return new(Handle.Share(), Autoencoder.Share(), OwnEncoder?.Share(), Config, Source, LoadReport)
        {
            TextEncoder = encoder, Loras = Loras, Words = Words,
        };
    }

    /// <summary>Opens a handle on other weights of the same model.</summary>
    /// <param name="handle">The U-Net; this takes it over.</param>
    /// <param name="text">The model's own text encoder, which this takes over; null for none.</param>
    /// <param name="loras">The LoRA files whose changes are in the weights.</param>
    /// <param name="words">The words that the text encoder learned.</param>
    internal LatentDiffusionModel Changed(
        NetworkHandle handle, TextEncoderModel? text, IReadOnlyList<MergedLora> loras, IReadOnlyList<string> words) =>
        new(handle, Autoencoder.Share(), text, Config, Source, LoadReport)
        {
            TextEncoder = ReferenceEquals(TextEncoder, OwnEncoder) ? text : TextEncoder, Loras = loras, Words = words,
        };

    /// <summary>Opens a handle on a copy of the U-Net's weights.</summary>
    internal NetworkHandle CopyUNet() =>
        Handle.HoldWeights(network => Handle.On(new SharedNetwork(Convert(network, Device, Precision), Device, Precision)));

    /// <summary>Opens another handle on the U-Net's weights.</summary>
    internal NetworkHandle ShareUNet() => Handle.Share();

    /// <summary>Says in one line what it is.</summary>
    /// <returns>
    /// Such as <c>latent diffusion model, 64x64 images, 10 labels, 4,200,000 parameters, Float32 on cpu, from models/emoji</c>, with its LoRA files
    /// and added words.
    /// </returns>
    public override string ToString() => ModelText.Of(
        $"latent diffusion model, {DefaultWidth}x{DefaultHeight} images, {Config.Conditioning.Summary}", ParameterCount, Precision, Device, Source)
        + string.Concat(Loras.Select(merged => $", with LoRA {merged.Lora}"))
        + string.Concat(Words.Select(word => $", with the word '{word}'"));

    /// <summary>Writes the files of the folder to streams; which files depends on the model.</summary>
    /// <param name="writeFile">Opens a file with the given name, passes its stream to the writer, and closes it.</param>
    /// <param name="format">The number format of the weights.</param>
    internal void Write(Action<string, Action<Stream>> writeFile, StorageFormat format = StorageFormat.Float32) =>
        Handle.HoldWeights(network => ModelWriting.Write(Config, (DenoisingNetwork)network, Autoencoder, OwnEncoder, format, writeFile));

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

    private static LatentDiffusionModel Open(LatentDiffusionCheckpoint stored)
    {
        var (network, report) = stored.Load();
        return Own(network, stored.Autoencoder.Share(), stored.Text?.Share(), stored.Config, stored.Source, report);
    }

    private static LatentDiffusionModel Own(
        DenoisingNetwork network, AutoencoderModel autoencoder, TextEncoderModel? text, LatentDiffusionConfig config, string source, LoadReport report)
    {
        var shared = new SharedNetwork(network, CPU, ModelPrecision.Float32);
        var handle = new NetworkHandle(shared, typeof(LatentDiffusionModel), autoencoder.Convolutions);
        return new(handle, autoencoder, text, config, source, report);
    }

    private PromptedBatch Read(GenerationBatch batch, GenerationSettings? settings)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return PromptedBatch.Of(batch, settings ?? new GenerationSettings(), Config.Conditioning, TextEncoder);
    }

    private GenerationRun Prepare(GenerationBatch batch, GenerationSettings? settings)
    {
        settings ??= new GenerationSettings();
        GenerationArguments.CheckAll(batch, settings, Config, Autoencoder.Config);
        return new GenerationRun(Handle.Network, Autoencoder, Config, schedule, batch, settings);
    }
}
