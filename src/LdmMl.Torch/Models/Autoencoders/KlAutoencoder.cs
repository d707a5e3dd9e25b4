using LdmMl.Torch.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// The KL-regularised autoencoder (Rombach et al. 2022, section 3.1; CompVis <c>AutoencoderKL</c>).
/// Latents are raw here; <see cref="AutoencoderModel"/> scales them.
/// </summary>
public sealed class KlAutoencoder : Module<Tensor, Tensor>, IAutoencoderNetwork
{
    // Field names are checkpoint keys.
    private readonly ConvolutionalEncoder encoder;
    private readonly ConvolutionalDecoder decoder;
    private readonly ImageConvolution? quant_conv;
    private readonly ImageConvolution? post_quant_conv;

    /// <summary>Builds the network with PyTorch's default random initialisation.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="device">The device of its weights; the CPU unless given. On <c>META</c> it has keys and shapes but no memory.</param>
    /// <exception cref="ArgumentException">No network can be built from the config.</exception>
    public KlAutoencoder(KlAutoencoderConfig config, Device? device = null) : base(nameof(KlAutoencoder))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        var (bottleneck, latent) = (config.BottleneckChannels, config.LatentChannels);
        encoder = new ConvolutionalEncoder(config, 2 * bottleneck, device);
        decoder = new ConvolutionalDecoder(config, device);
        quant_conv = config.LatentConvolutions ? new ImageConvolution(2 * bottleneck, 2 * latent, kernel: 1, device: device) : null;
        post_quant_conv = config.LatentConvolutions ? new ImageConvolution(latent, bottleneck, kernel: 1, device: device) : null;
        RegisterComponents();
    }

    /// <summary>Encodes images to the moments of their posteriors.</summary>
    /// <param name="images">Images [B, C, H, W] in [-1, 1].</param>
    /// <returns>Mean and log variance, concatenated: [B, 2c, H/f, W/f]. Sides that f does not divide round down.</returns>
    public Tensor EncodeMoments(Tensor images)
    {
        using var scope = NewDisposeScope();
        var moments = encoder.call(images);                      // [B, 2z, h, w]
        return scope.MoveToOuter(quant_conv is null ? moments : moments.Then(quant_conv));
    }

    /// <summary>Encodes images to their posteriors.</summary>
    /// <param name="images">Images [B, C, H, W] in [-1, 1].</param>
    /// <returns>Gaussians over latents [B, c, H/f, W/f]. The caller disposes them.</returns>
    public DiagonalGaussian Encode(Tensor images)
    {
        using var moments = EncodeMoments(images);
        return new DiagonalGaussian(moments);
    }

    /// <summary>Decodes raw latents.</summary>
    /// <param name="latents">Raw latents [B, c, h, w].</param>
    /// <returns>Images [B, C, h*f, w*f] around [-1, 1], not clamped. For odd sides this is smaller than the encoded image.</returns>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        if (post_quant_conv is null)
            return scope.MoveToOuter(decoder.call(latents));
        return scope.MoveToOuter(post_quant_conv.call(latents).Then(decoder));
    }

    /// <summary>Reconstructs images through the means of their posteriors.</summary>
    /// <param name="input">Images [B, C, H, W] in [-1, 1].</param>
    /// <returns>Images [B, C, H, W], not clamped.</returns>
    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        using var posterior = Encode(input);
        return scope.MoveToOuter(Decode(posterior.Mode));
    }

    Tensor IAutoencoderNetwork.EncodeLatents(Tensor images, Tensor? noise)
    {
        using var scope = NewDisposeScope();
        using var posterior = new DiagonalGaussian(EncodeMoments(images).to(ScalarType.Float32));   // samples are drawn in float32 in every precision
        return scope.MoveToOuter(noise is null ? posterior.Mode.alias() : posterior.Sample(noise));
    }

    Tensor IAutoencoderNetwork.DecodeLatents(Tensor latents) => Decode(latents);
}
