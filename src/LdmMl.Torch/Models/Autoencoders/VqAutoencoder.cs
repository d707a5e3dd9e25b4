using LdmMl.Torch.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>The vector-quantised autoencoder (Rombach et al. 2022, section 3.1; CompVis <c>VQModel</c> and <c>VQModelInterface</c>).</summary>
public sealed class VqAutoencoder : Module<Tensor, Tensor>, IAutoencoderNetwork
{
    // Field names are checkpoint keys.
    private readonly ConvolutionalEncoder encoder;
    private readonly ConvolutionalDecoder decoder;
    private readonly VectorQuantizer quantize;
    private readonly ImageConvolution? quant_conv;
    private readonly ImageConvolution? post_quant_conv;

    /// <summary>Builds the network with PyTorch's default random initialisation.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="device">The device of its weights; the CPU unless given.</param>
    /// <exception cref="ArgumentException">No network can be built from the config.</exception>
    public VqAutoencoder(VqAutoencoderConfig config, Device? device = null) : base(nameof(VqAutoencoder))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        var (bottleneck, latent) = (config.BottleneckChannels, config.LatentChannels);
        encoder = new ConvolutionalEncoder(config, bottleneck, device);
        decoder = new ConvolutionalDecoder(config, device);
        quantize = new VectorQuantizer(config, device);
        quant_conv = config.LatentConvolutions ? new ImageConvolution(bottleneck, latent, kernel: 1, device: device) : null;
        post_quant_conv = config.LatentConvolutions ? new ImageConvolution(latent, bottleneck, kernel: 1, device: device) : null;
        RegisterComponents();
    }

    /// <summary>Encodes images to latents before quantisation, which diffusion models are trained on.</summary>
    /// <param name="images">Images [B, C, H, W] in [-1, 1].</param>
    /// <returns>Latents [B, c, H/f, W/f].</returns>
    public Tensor Encode(Tensor images)
    {
        using var scope = NewDisposeScope();
        var h = encoder.call(images);                            // [B, z, h, w]
        return scope.MoveToOuter(quant_conv is null ? h : h.Then(quant_conv));
    }

    /// <summary>Quantises latents.</summary>
    /// <param name="latents">Latents [B, c, h, w].</param>
    /// <param name="generator">Draws indices for unused entries, if the config requests random ones.</param>
    /// <returns>Quantised latents, indices and loss. The caller disposes them.</returns>
    public VqCodes Quantize(Tensor latents, Generator? generator = null) => quantize.Quantize(latents, generator);

    /// <summary>Looks codebook entries up.</summary>
    /// <param name="indices">Indices, int64, of any shape with B*h*w elements.</param>
    /// <param name="shape">The shape [B, h, w, c] of the latents, channels last as in the reference.</param>
    /// <returns>Latents [B, c, h, w].</returns>
    public Tensor Lookup(Tensor indices, params ReadOnlySpan<long> shape) => quantize.Lookup(indices, shape);

    /// <summary>Decodes latents without quantising them.</summary>
    /// <param name="latents">Latents [B, c, h, w].</param>
    /// <returns>Images [B, C, h*f, w*f] around [-1, 1], not clamped.</returns>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        if (post_quant_conv is null)
            return scope.MoveToOuter(decoder.call(latents));
        return scope.MoveToOuter(post_quant_conv.call(latents).Then(decoder));
    }

    /// <summary>Reconstructs images through the codebook.</summary>
    /// <param name="input">Images [B, C, H, W] in [-1, 1].</param>
    /// <returns>Images [B, C, H, W], not clamped.</returns>
    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, H, W]
    {
        using var latents = Encode(input);
        return QuantizeAndDecode(latents);
    }

    Tensor IAutoencoderNetwork.EncodeLatents(Tensor images, Tensor? noise) => Encode(images);

    Tensor IAutoencoderNetwork.DecodeLatents(Tensor latents) => QuantizeAndDecode(latents);

    private Tensor QuantizeAndDecode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var quantized = quantize.call(latents.to(ScalarType.Float32));   // the codebook is float32 in every precision
        return scope.MoveToOuter(Decode(quantized.to(latents.dtype)));
    }
}
