using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>
/// An opened latent diffusion model (Rombach et al. 2022): seeds in, images out. Safe to use from several threads at once.
/// A handle on weights that handles share: dispose every handle; the last one frees the weights.
/// </summary>
/// <remarks>A row's image is the same to the last bit whatever else is in its batch and however large the batch is.</remarks>
public sealed partial class LatentDiffusionModel : IDisposable
{
    private readonly NetworkHandle handle;
    private readonly NoiseSchedule schedule;

    private LatentDiffusionModel(
        NetworkHandle handle, AutoencoderModel autoencoder, LatentDiffusionConfig config, string source, LoadReport loadReport)
    {
        this.handle = handle;
        schedule = new NoiseSchedule(config.Schedule);
        Autoencoder = autoencoder;
        Config = config;
        Source = source;
        LoadReport = loadReport;
    }

    /// <summary>Gets the shape of the U-Net, the noise schedule, the conditioning and the usual sampling.</summary>
    public LatentDiffusionConfig Config { get; }

    /// <summary>
    /// Gets the first stage, which knows the pixel range and the scale of the latents. It belongs to this handle: share it to keep it longer.
    /// </summary>
    public AutoencoderModel Autoencoder { get; }

    /// <summary>Gets where the weights came from: a path, or a seed.</summary>
    public string Source { get; }

    /// <summary>Gets what loading found in the files, the first stage's apart.</summary>
    public LoadReport LoadReport { get; }

    /// <summary>Gets where the weights live.</summary>
    public Device Device => handle.Network.Device;

    /// <summary>Gets the number format that the networks compute in.</summary>
    public ModelPrecision Precision => handle.Network.Precision;

    /// <summary>Gets how 3x3 convolutions of the U-Net and the first stage are computed, where they run on the CPU in float32.</summary>
    public ConvolutionMode Convolutions => handle.Convolutions;

    /// <summary>Gets how many numbers the U-Net and the first stage have learnt.</summary>
    public long ParameterCount => handle.Network.ParameterCount + Autoencoder.ParameterCount;

    /// <summary>Gets the width of the images that are made when no other is asked for, in pixels.</summary>
    public int DefaultWidth => Config.LatentWidth * Autoencoder.Config.DownsampleFactor;

    /// <summary>Gets the height of the images that are made when no other is asked for, in pixels.</summary>
    public int DefaultHeight => Config.LatentHeight * Autoencoder.Config.DownsampleFactor;

    /// <summary>Gets the U-Net itself, for training and inspection; it lives as long as a handle does.</summary>
    internal UNet Network => Denoiser.UNet;

    /// <summary>Gets the U-Net and the tokens of labels.</summary>
    internal DenoisingNetwork Denoiser => (DenoisingNetwork)handle.WithWeights;

    /// <summary>Makes an untrained model around a first stage, for training and for tests.</summary>
    /// <param name="autoencoder">The first stage; the model opens a handle of its own on it, and convolves as it does.</param>
    /// <param name="config">The rest.</param>
    /// <param name="seed">Decides the random weights; the same seed gives the same weights.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="ArgumentException">The config makes no network, or does not fit the first stage.</exception>
    public static LatentDiffusionModel Create(AutoencoderModel autoencoder, LatentDiffusionConfig config, long seed)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate(autoencoder.Config);
        var network = DenoisingFactory.Build(config);
        DenoisingFactory.Initialize(network, seed);
        var first = autoencoder.To(CPU, ModelPrecision.Float32);
        return Own(network, first, config, $"random weights, seed {seed}", new LoadReport([], [], []));
    }

    /// <summary>Generates images.</summary>
    /// <param name="batch">The rows: seeds, and what the model is told about each.</param>
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
        var run = Prepare(batch, settings);
        return handle.Hold(() => run.Images(progress, cancellationToken));
    }

    /// <summary>Generates latents, which <see cref="AutoencoderModel.Decode"/> makes images of.</summary>
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
        var run = Prepare(batch, settings);
        return handle.Hold(() => run.Latents(progress, cancellationToken));
    }

    /// <summary>Makes a denoiser of the model's network, with the conditions and the guidance of a batch.</summary>
    /// <param name="batch">The rows: their conditions count, and the number of their seeds.</param>
    /// <param name="settings">The guidance; null for none. How to sample does not matter here.</param>
    /// <returns>The denoiser, with a handle of its own on the weights. The caller disposes it.</returns>
    /// <exception cref="Arguments.OptionException">The batch or a setting does not fit the model.</exception>
    /// <example>
    /// A sampler run by hand:
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
        var run = Prepare(batch, settings);
        var conditions = handle.Hold(() =>
        {
            using var noGradient = no_grad();
            return run.Conditions();
        });
        return new ModelDenoiser(Share(), conditions, run.Denoiser(conditions));
    }

    /// <summary>Uses the weights while this handle keeps them.</summary>
    internal T Hold<T>(Func<T> use) => handle.Hold(use);

    /// <summary>Makes images of latents from <see cref="GenerateLatents"/>, as <see cref="Generate"/> does.</summary>
    internal Tensor DecodeGenerated(Tensor latents, GenerationBatch batch, GenerationSettings? settings = null)
    {
        var run = Prepare(batch, settings);
        return handle.Hold(() => run.Decode(latents));
    }

    /// <summary>Opens another handle on the same weights.</summary>
    /// <returns>The handle; dispose it like this one.</returns>
    public LatentDiffusionModel Share() => new(handle.Share(), Autoencoder.Share(), Config, Source, LoadReport);

    /// <summary>Opens another handle on the same weights whose U-Net and first stage convolve otherwise.</summary>
    /// <param name="convolutions">How 3x3 convolutions are computed.</param>
    /// <returns>The handle; dispose it like this one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    public LatentDiffusionModel With(ConvolutionMode convolutions) =>
        new(handle.With(convolutions), Autoencoder.With(convolutions), Config, Source, LoadReport);

    /// <summary>Computes how much memory the transformed weights of fast convolutions take beside the weights of U-Net and first stage.</summary>
    /// <inheritdoc cref="AutoencoderModel.TransformedWeightBytes(ConvolutionMode)"/>
    public long TransformedWeightBytes(ConvolutionMode convolutions) =>
        handle.TransformedBytes(convolutions) + Autoencoder.TransformedWeightBytes(convolutions);

    /// <inheritdoc cref="AutoencoderModel.KeepOnlyTransformedWeights"/>
    public void KeepOnlyTransformedWeights()
    {
        handle.KeepOnlyTransformed();
        Autoencoder.KeepOnlyTransformedWeights();
    }

    /// <summary>Moves both networks to a device and a number format.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">The number format to compute in.</param>
    /// <returns>A handle on converted weights, or on the same ones where nothing changes; dispose it like this one.</returns>
    public LatentDiffusionModel To(Device device, ModelPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (precision == Precision && device.type == Device.type && device.index == Device.index)
            return Share();
        return handle.HoldWeights(network =>
        {
            var converted = DenoisingFactory.Convert((DenoisingNetwork)network, Config, device, precision);
            return new LatentDiffusionModel(
                handle.On(new SharedNetwork(converted, device, precision)), Autoencoder.To(device, precision), Config, Source, LoadReport);
        });
    }

    /// <summary>Says in one line what it is.</summary>
    /// <returns>Such as <c>latent diffusion model, 64x64 images, 10 labels, 4,200,000 parameters, Float32 on cpu, from models/emoji</c>.</returns>
    public override string ToString()
    {
        var condition = Config.Conditioning switch
        {
            LabelConditioning labels => $"{labels.Count} labels",
            ContextConditioning => "conditioned on tokens",
            ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage } => "super-resolution",
            ConcatenatedConditioning => "inpainting",
            _ => "unconditional",
        };
        return ModelText.Of(
            $"latent diffusion model, {DefaultWidth}x{DefaultHeight} images, {condition}", ParameterCount, Precision, Device, Source);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        handle.Dispose();
        Autoencoder.Dispose();
    }

    private static LatentDiffusionModel Own(
        DenoisingNetwork network, AutoencoderModel autoencoder, LatentDiffusionConfig config, string source, LoadReport report)
    {
        var shared = new SharedNetwork(network, CPU, ModelPrecision.Float32);
        return new(new NetworkHandle(shared, typeof(LatentDiffusionModel), autoencoder.Convolutions), autoencoder, config, source, report);
    }

    private GenerationRun Prepare(GenerationBatch batch, GenerationSettings? settings)
    {
        ArgumentNullException.ThrowIfNull(batch);
        settings ??= new GenerationSettings();
        GenerationArguments.CheckAll(batch, settings, Config, Autoencoder.Config);
        return new GenerationRun(handle.Network, Autoencoder, Config, schedule, batch, settings);
    }
}
