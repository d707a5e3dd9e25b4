using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders.Storage;
using LdmMl.Torch.Models.Sharing;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// An opened autoencoder, the first stage of latent diffusion: images in, scaled latents out, and back. Safe to use from several threads at once.
/// A handle to weights that several handles can share: dispose every handle; the last one frees the weights.
/// </summary>
/// <remarks>A row's result is the same to the last bit whatever else is in its batch and however large the batch is.</remarks>
/// <example>
/// <code>
/// using var autoencoder = AutoencoderModel.Load("emoji-kl-f4");
/// using var latents = autoencoder.Encode(images);            // [B, c, H/f, W/f]
/// using var decoded = autoencoder.Decode(latents);           // [B, C, H, W]
/// </code>
/// </example>
public sealed class AutoencoderModel : ModelHandle<AutoencoderModel>
{
    private AutoencoderModel(NetworkHandle handle, AutoencoderConfig config, string source, LoadReport loadReport)
        : base(handle, source, loadReport) =>
        Config = config;

    /// <summary>Gets the shape, pixel range and latent scale.</summary>
    public AutoencoderConfig Config { get; }

    /// <summary>
    /// Gets how many bytes a call may take in addition to the weights, on the CPU. Images that take more at once are computed in strips of rows, as
    /// many layers at a time as fit, with the statistics of every normalisation gathered over the whole image: the same result to the last bit with
    /// <see cref="ConvolutionMode.Auto"/> and <see cref="ConvolutionMode.Exact"/> for KL and VQ autoencoders and TAESD, and otherwise within the rounding of
    /// float32.
    /// </summary>
    /// <value>Default: null: three quarters of what the machine, or the container, has free when a call begins.</value>
    public long? MemoryBudget => Handle.MemoryBudget;

    /// <summary>Gets the network itself, for training and inspection; it lives as long as a handle does.</summary>
    internal nn.Module Network => Handle.Network.Module;

    /// <summary>Gets the Python class name in this model's files.</summary>
    internal string PythonClass => DiffusersAutoencoder.ClassOf(Config);

    /// <summary>Creates an untrained autoencoder, for training and for tests.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="seed">The seed of its random weights; the same seed gives the same weights.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="ArgumentException">No network can be built from the config.</exception>
    public static AutoencoderModel Create(AutoencoderConfig config, long seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        var module = NetworkFactory.Build(config);
        NetworkFactory.Initialize(module, seed);
        return Own(module, config, $"random weights, seed {seed}", new LoadReport([], [], []));
    }

    /// <summary>
    /// Opens an autoencoder: a folder in diffusers' layout (its own or one with <c>vae/</c>), a CompVis checkpoint with its YAML (also a whole
    /// latent diffusion model, of which this is the first stage), or the two files of a tiny autoencoder (either of them, or their folder).
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">How to open it; null for the defaults.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="CheckpointException">Something is missing, damaged or not supported; the message names the file and what to do.</exception>
    public static AutoencoderModel Load(string path, AutoencoderLoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = InstalledModels.Resolve(path, InstalledModelKind.Autoencoder);
        options ??= new AutoencoderLoadOptions();
        using var stored = AutoencoderFiles.Read(path, options);
        return Open(stored, options.WeightSource);
    }

    /// <summary>Opens an autoencoder read from files.</summary>
    internal static AutoencoderModel Open(AutoencoderCheckpoint stored, WeightSource wanted)
    {
        var (network, report) = stored.Load(wanted);
        return Own(network, stored.Config, stored.Source, report);
    }

    /// <summary>Opens the two files written by <see cref="Write"/>.</summary>
    internal static AutoencoderModel Read(Stream config, Stream weights, string source)
    {
        var description = CheckpointErrors.Translate(source, () => new ConfigMap(JsonFile.Read(config)));
        using var stored = AutoencoderFiles.FromDiffusers(description, SafetensorsFile.Read(weights, source), source);
        return Open(stored, WeightSource.MovingAverageIfComplete);
    }

    /// <summary>
    /// Encodes images to scaled latents; for KL these are the means of the posteriors, for VQ the latents before quantisation.
    /// </summary>
    /// <param name="images">Images [B, C, H, W], float32, in <see cref="AutoencoderConfig.PixelRange"/>; H and W multiples of
    /// <see cref="AutoencoderConfig.DownsampleFactor"/>.</param>
    /// <returns>Latents [B, c, H/f, W/f], float32, on the images' device. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The images have another shape or type.</exception>
    /// <exception cref="NonFiniteException">The result is not finite; the message names the module that first produced it.</exception>
    public Tensor Encode(Tensor images) => Run(forward => forward.Encode(images, noise: null));

    /// <summary>Encodes images to scaled samples of their posteriors: mean + deviation * noise.</summary>
    /// <param name="images">Images as for <see cref="Encode(Tensor)"/>.</param>
    /// <param name="noise">Standard normal noise [B, c, H/f, W/f], float32.</param>
    /// <returns>Latents [B, c, H/f, W/f], float32. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape or type, or this kind of autoencoder has no posterior.</exception>
    /// <exception cref="NonFiniteException">The result is not finite.</exception>
    public Tensor Encode(Tensor images, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(noise);
        return Run(forward => forward.Encode(images, noise));
    }

    /// <summary>Encodes images to scaled latents together with the deviations of their posteriors, if any.</summary>
    internal EncodedLatents EncodePosterior(Tensor images) =>
        Handle.Hold(() => new AutoencoderForward(Handle.Network, Config, Handle.MemoryBudget).EncodePosterior(images));

    /// <summary>Decodes scaled latents to images.</summary>
    /// <param name="latents">Latents [B, c, h, w], float32.</param>
    /// <returns>Images [B, C, h*f, w*f], float32, clamped to <see cref="AutoencoderConfig.PixelRange"/>. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The latents have another shape or type.</exception>
    /// <exception cref="NonFiniteException">The result is not finite.</exception>
    public Tensor Decode(Tensor latents) => Run(forward => forward.Decode(latents));

    /// <summary>Encodes images and decodes the latents again.</summary>
    /// <param name="images">Images as for <see cref="Encode(Tensor)"/>.</param>
    /// <returns>Images of the same shape, float32, clamped. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The images have another shape or type.</exception>
    /// <exception cref="NonFiniteException">The result is not finite.</exception>
    public Tensor Reconstruct(Tensor images)
    {
        using var latents = Encode(images);
        return Decode(latents);
    }

    /// <summary>Opens another handle to the same weights with a different <see cref="MemoryBudget"/>.</summary>
    /// <param name="bytes">The bytes that a call may take in addition to the weights; null for a share of those that are free.</param>
    /// <returns>The handle; dispose it like this one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public AutoencoderModel WithMemoryBudget(long? bytes)
    {
        if (bytes is { } given)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(given, nameof(bytes));
        return Reopen(Handle.WithMemoryBudget(bytes));
    }

    /// <summary>Opens another handle to the same weights with a different scale of the latents.</summary>
    /// <param name="scale">What raw latents are multiplied by; 1 over their standard deviation makes their variance 1.</param>
    /// <param name="shift">What is subtracted from raw latents first.</param>
    /// <returns>The handle; dispose it like this one.</returns>
    /// <exception cref="ArgumentException">The scale is 0 or a number is not finite.</exception>
    public AutoencoderModel WithLatentScale(double scale, double shift = 0.0)
    {
        var config = Config with { LatentScale = scale, LatentShift = shift };
        config.Validate();
        return new(Handle.Share(), config, Source, LoadReport);
    }

    /// <summary>
    /// Writes a folder in diffusers' layout: <c>model_index.json</c>, and <c>vae/</c> with <c>config.json</c> and weights. An autoencoder that none
    /// of diffusers' classes can compute is written under a class name of this library, so that diffusers refuses it.
    /// </summary>
    /// <param name="folder">The folder. A new folder is written atomically; in an existing one each file is replaced atomically.</param>
    /// <param name="format">The number format of the weights.</param>
    /// <exception cref="ArgumentException">A weight is too large for the format.</exception>
    public void Save(string folder, StorageFormat format = StorageFormat.Float32)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Handle.HoldWeights(network =>
        {
            using var weights = Weights(network, format);
            DiffusersFolder.WriteAutoencoder(folder, DiffusersAutoencoderWriting.ToJson(Config), weights);
        });
    }

    /// <summary>Computes a hash that identifies these weights, whatever kind of file they came from.</summary>
    /// <returns>The SHA-256 of the weights file that <see cref="Save"/> writes, as lowercase hexadecimal.</returns>
    public string ComputeWeightHash() => Handle.HoldWeights(network =>
    {
        using var weights = Weights(network, StorageFormat.Float32);
        return WeightHash.Of(stream => DiffusersFolder.WriteWeights(stream, weights));
    });

    /// <summary>
    /// Writes the two files of <c>vae/</c> to streams; the weights in the number format that the network has, unless another is given.
    /// </summary>
    internal void Write(Stream config, Stream weights, StorageFormat? format = null) => Handle.HoldWeights(network =>
    {
        using var stored = Weights(network, format);
        JsonFile.Write(config, DiffusersAutoencoderWriting.ToJson(Config));
        DiffusersFolder.WriteWeights(weights, stored);
    });

    /// <summary>Marks the weights as changing, until <see cref="Renew"/>: every handle sees their current values.</summary>
    internal void BeginLearning() => Handle.Hold(Handle.Network.BeginLearning);

    /// <summary>
    /// Replaces the trained network in every handle by a copy, ready for inference and without stale transformed weights.
    /// </summary>
    internal void Renew() => Handle.HoldWeights(network => Handle.Network.Replace(Convert(network, Device, Precision)));

    /// <summary>Describes it in one line.</summary>
    /// <returns>Such as <c>KL autoencoder, 8x smaller, 4 latent channels, 83,653,863 parameters, Float32 on cpu, from models/vae</c>.</returns>
    public override string ToString()
    {
        var kind = Config switch
        {
            KlAutoencoderConfig => "KL autoencoder",
            VqAutoencoderConfig => "VQ autoencoder",
            _ => "tiny autoencoder",
        };
        return ModelText.Of(
            $"{kind}, {Config.DownsampleFactor}x smaller, {Config.LatentChannels} latent channels", ParameterCount, Precision, Device, Source);
    }

    private protected override AutoencoderModel Reopen(NetworkHandle other) => new(other, Config, Source, LoadReport);

    private protected override nn.Module Convert(nn.Module network, Device device, ModelPrecision precision) =>
        NetworkFactory.Convert(network, Config, device, precision);

    private static AutoencoderModel Own(nn.Module module, AutoencoderConfig config, string source, LoadReport report) =>
        new(new NetworkHandle(new SharedNetwork(module, CPU, ModelPrecision.Float32), typeof(AutoencoderModel)), config, source, report);

    private StateDictionary Weights(nn.Module network, StorageFormat? format)
    {
        var renamed = DiffusersAutoencoderWriting.Weights(Config, network);
        if (format is null)
            return renamed;
        using (renamed)
            return StoredWeights.Convert(renamed, format.Value);
    }

    private Tensor Run(Func<AutoencoderForward, Tensor> call) => Handle.Hold(() => call(new AutoencoderForward(Handle.Network, Config, Handle.MemoryBudget)));
}
