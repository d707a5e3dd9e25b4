using LdmMl.Torch.Layers;
using LdmMl.Torch.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>Builds the network that a config describes.</summary>
internal static class NetworkFactory
{
    /// <summary>Builds the network in evaluation mode; with TorchSharp's initial weights.</summary>
    public static nn.Module Build(AutoencoderConfig config, Device? device = null)
    {
        TorchRuntime.EnsureLoaded();
        nn.Module network = config switch
        {
            KlAutoencoderConfig kl => new KlAutoencoder(kl, device),
            VqAutoencoderConfig vq => new VqAutoencoder(vq, device),
            TinyAutoencoderConfig tiny => new TinyAutoencoder(tiny, device),
            _ => throw new NotSupportedException($"{config.GetType().Name} is not a config of this library."),
        };
        network.eval();
        return Outlive(network);
    }

    /// <summary>
    /// Initializes every weight from the seed with PyTorch's defaults: convolutions within 1 / sqrt(fan in), codebooks within 1 / entries;
    /// normalisations have weight 1 and bias 0.
    /// </summary>
    public static void Initialize(nn.Module network, long seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var module in network.modules())
        {
            if (module is ImageConvolution convolution)
                convolution.Initialize(generator);
            else if (module is Embedding embedding)
                embedding.weight!.uniform_(-1.0 / embedding.weight.shape[0], 1.0 / embedding.weight.shape[0], generator);
        }
    }

    /// <summary>Copies a network to another device and number format.</summary>
    public static nn.Module Convert(nn.Module source, AutoencoderConfig config, Device device, ModelPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var replaced = InitialValues.Skip();
        var target = Build(config);
        var weights = target.state_dict();
        foreach (var (key, weight) in source.state_dict())
            weights[key].copy_(weight);
        target.to(device);
        if (precision == ModelPrecision.BFloat16)
        {
            foreach (var (name, part) in target.named_modules().Where(pair => !pair.module.children().Any() && !StaysExact(pair.name)))
                part.to(ScalarType.BFloat16);
        }

        return Outlive(target);
    }

    // Rounding a codebook would select other entries; the first and last layers cost little and directly affect input and output.
    private static bool StaysExact(string name) =>
        name.Split('.') is ["quantize" or "quant_conv" or "post_quant_conv", ..] or ["encoder" or "decoder", "conv_in" or "norm_out" or "conv_out"];

    // A network lives until it is disposed, whatever dispose scope it was built in.
    private static nn.Module Outlive(nn.Module network)
    {
        foreach (var tensor in network.parameters().Concat(network.buffers()))
            tensor.DetachFromDisposeScope();
        return network;
    }
}
