using LdmMl.Torch.Layers;
using LdmMl.Torch.Layers.Rows;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>A tiny autoencoder (the TAESD family). Its latents need no scale; see <see cref="TinyAutoencoderConfig"/>.</summary>
internal sealed class TinyAutoencoder : Module<Tensor, Tensor>, IAutoencoderNetwork
{
    // Published files hold one of these each, without the field's name: "0.weight", "3.conv.0.weight".
    private readonly TinyStack encoder;
    private readonly TinyStack decoder;
    private readonly bool suitsChannelsLast;

    /// <summary>Builds the network with PyTorch's default random initialisation.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="device">The device of its weights; the CPU unless given.</param>
    /// <exception cref="ArgumentException">No network can be built from the config.</exception>
    public TinyAutoencoder(TinyAutoencoderConfig config, Device? device = null) : base(nameof(TinyAutoencoder))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        encoder = new TinyStack(EncoderLayers(config, device));
        decoder = new TinyStack(DecoderLayers(config, device));
        RegisterComponents();
        suitsChannelsLast = InferenceLayout.Suits(this);
    }

    /// <summary>Encodes images.</summary>
    /// <param name="images">Images [B, C, H, W] in [0, 1].</param>
    /// <returns>Latents [B, c, H/8, W/8]; sides round up to multiples of 8.</returns>
    public Tensor Encode(Tensor images) => Run(encoder, images);

    /// <summary>Decodes latents.</summary>
    /// <param name="latents">Latents [B, c, h, w].</param>
    /// <returns>Images [B, C, 8h, 8w] around [0, 1], not clamped.</returns>
    public Tensor Decode(Tensor latents) => Run(decoder, latents);

    /// <summary>Reconstructs images.</summary>
    /// <param name="input">Images [B, C, H, W] in [0, 1].</param>
    /// <returns>Images [B, C, H, W], not clamped.</returns>
    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, H, W]
    {
        using var latents = Encode(input);
        return Decode(latents);
    }

    Tensor IAutoencoderNetwork.EncodeLatents(Tensor images, Tensor? noise) => Encode(images);

    Tensor IAutoencoderNetwork.DecodeLatents(Tensor latents) => Decode(latents);

    private Tensor Run(TinyStack stack, Tensor input)
    {
        if (RowScope.Current is { } memory)
            return RowPass.Run(input, suitsChannelsLast, stack.Format, memory, map => stack.Over(map, memory));
        using var scope = NewDisposeScope();
        var ordered = InferenceLayout.Enter(input, suitsChannelsLast, stack.Format);
        return scope.MoveToOuter(InferenceLayout.Leave(ordered.Then(stack)));
    }

    private static IEnumerable<Module<Tensor, Tensor>> EncoderLayers(TinyAutoencoderConfig config, Device? device)
    {
        var width = config.Width;
        yield return new ImageConvolution(config.ImageChannels, width, kernel: 3, padding: 1, device: device);
        yield return new TinyBlock(width, withPool: false, device);
        for (var halving = 1; halving <= 3; halving++)
        {
            yield return new ImageConvolution(width, width, kernel: 3, stride: 2, padding: 1, bias: false, device: device);
            for (var i = 0; i < 3; i++)
                yield return new TinyBlock(width, withPool: config.MiddleNormalization && halving == 3, device);
        }

        yield return new ImageConvolution(width, config.LatentChannels, kernel: 3, padding: 1, device: device);
    }

    private static IEnumerable<Module<Tensor, Tensor>> DecoderLayers(TinyAutoencoderConfig config, Device? device)
    {
        var width = config.Width;
        yield return new SoftClamp();
        yield return new ImageConvolution(config.LatentChannels, width, kernel: 3, padding: 1, device: device);
        yield return ReLU(inplace: true);
        for (var doubling = 1; doubling <= 3; doubling++)
        {
            for (var i = 0; i < 3; i++)
                yield return new TinyBlock(width, withPool: config.MiddleNormalization && doubling == 1, device);
            yield return Upsample(scale_factor: [2, 2]);
            yield return new ImageConvolution(width, width, kernel: 3, padding: 1, bias: false, device: device);
        }

        yield return new TinyBlock(width, withPool: false, device);
        yield return new ImageConvolution(width, config.ImageChannels, kernel: 3, padding: 1, device: device);
    }
}
