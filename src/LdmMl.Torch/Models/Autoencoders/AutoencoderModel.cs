using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Sharing;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// An opened autoencoder: images in, scaled latents out, and back. Safe to use from several threads at once.
/// A handle on weights that handles share: dispose every handle; the last one frees the weights.
/// </summary>
/// <remarks>A row's result is the same to the last bit whatever else is in its batch and however large the batch is.</remarks>
public sealed partial class AutoencoderModel : IDisposable
{
    private readonly NetworkHandle handle;

    private AutoencoderModel(NetworkHandle handle, AutoencoderConfig config, string source, LoadReport loadReport)
    {
        this.handle = handle;
        Config = config;
        Source = source;
        LoadReport = loadReport;
    }

    /// <summary>Gets the shape, pixel range and latent scale.</summary>
    public AutoencoderConfig Config { get; }

    /// <summary>Gets where the weights came from: a path, or a seed.</summary>
    public string Source { get; }

    /// <summary>Gets what loading found in the files.</summary>
    public LoadReport LoadReport { get; }

    /// <summary>Gets where the weights live.</summary>
    public Device Device => handle.Network.Device;

    /// <summary>Gets the number format that the network computes in.</summary>
    public ModelPrecision Precision => handle.Network.Precision;

    /// <summary>Gets how 3x3 convolutions are computed, where the model runs on the CPU in float32.</summary>
    public ConvolutionMode Convolutions => handle.Convolutions;

    /// <summary>Gets how many numbers the network has learnt.</summary>
    public long ParameterCount => handle.Network.ParameterCount;

    /// <summary>Gets the network itself, for training and inspection; it lives as long as a handle does.</summary>
    internal nn.Module Network => handle.WithWeights;

    /// <summary>Makes an untrained autoencoder, for training and for tests.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="seed">Decides its random weights; the same seed gives the same weights.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="ArgumentException">The config makes no network.</exception>
    public static AutoencoderModel Create(AutoencoderConfig config, long seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        var module = NetworkFactory.Build(config);
        NetworkFactory.Initialize(module, seed);
        return Own(module, config, $"random weights, seed {seed}", new LoadReport([], [], []));
    }

    /// <summary>
    /// Encodes images to scaled latents; of the KL autoencoder these are the means of the posteriors, of the VQ one the latents before quantisation.
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

    /// <summary>Encodes images to scaled latents together with the deviations of their posteriors, where there are any.</summary>
    internal EncodedLatents EncodePosterior(Tensor images) =>
        handle.Hold(() => new AutoencoderForward(handle.Network, Config).EncodePosterior(images));

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

    /// <summary>Opens another handle on the same weights.</summary>
    /// <returns>The handle; dispose it like this one.</returns>
    public AutoencoderModel Share() => Share(Config);

    /// <summary>Opens another handle on the same weights that scales latents otherwise.</summary>
    /// <param name="scale">What raw latents are multiplied by; 1 over their standard deviation makes their variance 1.</param>
    /// <param name="shift">What is subtracted from raw latents first.</param>
    /// <returns>The handle; dispose it like this one.</returns>
    /// <exception cref="ArgumentException">The scale is 0 or a number is not finite.</exception>
    public AutoencoderModel WithLatentScale(double scale, double shift = 0.0)
    {
        var config = Config with { LatentScale = scale, LatentShift = shift };
        config.Validate();
        return Share(config);
    }

    /// <summary>Opens another handle on the same weights that convolves otherwise.</summary>
    /// <param name="convolutions">How 3x3 convolutions are computed.</param>
    /// <returns>The handle; dispose it like this one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    public AutoencoderModel With(ConvolutionMode convolutions) => new(handle.With(convolutions), Config, Source, LoadReport);

    /// <summary>
    /// Computes how much memory the transformed weights of fast convolutions take beside the weights. Each layer makes its own at the first use, for
    /// all handles.
    /// </summary>
    /// <param name="convolutions">How 3x3 convolutions would be computed.</param>
    /// <returns>
    /// Bytes, once every layer met a large image; 0 where libtorch convolves in every mode: on a GPU, in bf16, on a processor without AVX2.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    public long TransformedWeightBytes(ConvolutionMode convolutions) => handle.TransformedBytes(convolutions);

    /// <summary>
    /// Saves memory for a program that only computes: in every layer that Winograd's algorithm takes, the weights are let go as soon as they are
    /// transformed (a quarter, or in <see cref="ConvolutionMode.Exact"/> over half, of what the transformed ones take). All handles on these weights
    /// lose them. From then on such a layer is computed by one tile for every size of image; results may differ in the last bits from what they were
    /// before.
    /// </summary>
    /// <remarks>
    /// Afterwards saving, hashing, converting (<see cref="To"/>), training and other modes (<see cref="With"/>) throw an
    /// <see cref="InvalidOperationException"/>. Where no layer is fast, nothing happens.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The model is being trained.</exception>
    public void KeepOnlyTransformedWeights() => handle.KeepOnlyTransformed();

    /// <summary>Moves to a device and a number format.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">The number format to compute in.</param>
    /// <returns>A handle on converted weights, or on the same ones where nothing changes; dispose it like this one.</returns>
    public AutoencoderModel To(Device device, ModelPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (precision == Precision && device.type == Device.type && device.index == Device.index)
            return Share();
        return handle.HoldWeights(network =>
        {
            var converted = NetworkFactory.Convert(network, Config, device, precision);
            return new AutoencoderModel(handle.On(new SharedNetwork(converted, device, precision)), Config, Source, LoadReport);
        });
    }

    /// <summary>From now on its weights change, until <see cref="Renew"/>: every handle sees them as they are.</summary>
    internal void BeginLearning() => handle.Hold(handle.Network.BeginLearning);

    /// <summary>
    /// Gives every handle a copy of a network whose weights were trained, ready for inference and without weights that were transformed before.
    /// </summary>
    internal void Renew() =>
        handle.HoldWeights(network => handle.Network.Replace(NetworkFactory.Convert(network, Config, Device, Precision)));

    /// <summary>Says in one line what it is.</summary>
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

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private static AutoencoderModel Own(nn.Module module, AutoencoderConfig config, string source, LoadReport report) =>
        new(new NetworkHandle(new SharedNetwork(module, CPU, ModelPrecision.Float32), typeof(AutoencoderModel)), config, source, report);

    private AutoencoderModel Share(AutoencoderConfig config) => new(handle.Share(), config, Source, LoadReport);

    private Tensor Run(Func<AutoencoderForward, Tensor> call) => handle.Hold(() => call(new AutoencoderForward(handle.Network, Config)));
}
