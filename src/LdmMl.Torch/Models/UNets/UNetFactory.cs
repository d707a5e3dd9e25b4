using LdmMl.Torch.Layers;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.UNets;

/// <summary>Builds, initialises and copies U-Nets.</summary>
internal static class UNetFactory
{
    /// <summary>Builds the network in evaluation mode; with TorchSharp's initial weights.</summary>
    public static UNet Build(UNetConfig config, Device? device = null)
    {
        TorchRuntime.EnsureLoaded();
        var network = new UNet(config, device);
        network.eval();
        return network;
    }

    /// <summary>
    /// Initializes every weight from the seed as the reference does: PyTorch's defaults, and 0 at the end of each block, so that the network starts
    /// with shortcuts only and predicts 0.
    /// </summary>
    public static void Initialize(UNet network, long seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var module in network.modules())
        {
            switch (module)
            {
                case ImageConvolution convolution: convolution.Initialize(generator); break;
                case TokenConvolution convolution: convolution.Initialize(generator); break;
                case LinearProjection linear: linear.Initialize(generator); break;
                case LabelEmbedding labels: labels.Initialize(generator); break;
                case ContextPooling pooling: pooling.Initialize(generator); break;
            }
        }

        network.ZeroOutputs();
    }

    /// <summary>Copies a network to another device and number format.</summary>
    public static UNet Convert(UNet source, Device device, ModelPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var replaced = InitialValues.Skip();
        var target = Build(source.Config);
        var weights = target.state_dict();
        foreach (var (key, weight) in source.state_dict())
            weights[key].copy_(weight);
        target.to(device);
        if (precision == ModelPrecision.BFloat16)
        {
            foreach (var (name, part) in target.named_modules().Where(pair => !StaysExact(pair.name)))
            {
                if (part is ImageConvolution or TokenConvolution or LinearProjection)
                    part.to(ScalarType.BFloat16);
            }
        }

        return Outlive(target);
    }

    // Normalisations and embeddings cost little, and the first and last layers directly affect input and output.
    private static bool StaysExact(string name) =>
        name.Split('.') is ["time_embed" or "label_emb" or "add_embedding" or "out" or "id_predictor", ..] or ["input_blocks", "0", ..] or [.., "emb_layers", "1"];

    // A network lives until it is disposed, whatever dispose scope it was built in.
    private static UNet Outlive(UNet network)
    {
        foreach (var tensor in network.parameters().Concat(network.buffers()))
            tensor.DetachFromDisposeScope();
        return network;
    }
}
