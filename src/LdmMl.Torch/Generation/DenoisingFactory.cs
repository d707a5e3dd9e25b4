using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>Builds the networks that a config describes.</summary>
internal static class DenoisingFactory
{
    /// <summary>Builds the networks in evaluation mode, with TorchSharp's initial weights.</summary>
    public static DenoisingNetwork Build(LatentDiffusionConfig config) => Assemble(UNetFactory.Build(config.UNet), BuildTokens(config, CPU));

    /// <summary>Initializes every weight from the seed.</summary>
    public static void Initialize(DenoisingNetwork network, long seed)
    {
        UNetFactory.Initialize(network.UNet, seed);
        if (network.LabelTokens is not { } tokens)
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        tokens.Initialize(generator);
    }

    /// <summary>Copies the networks to another device and number format; label tokens are small and stay float32.</summary>
    public static DenoisingNetwork Convert(DenoisingNetwork source, LatentDiffusionConfig config, Device device, ModelPrecision precision)
    {
        using var noGradient = no_grad();
        var tokens = BuildTokens(config, device);
        if (tokens is not null)
        {
            using var scope = NewDisposeScope();
            tokens.state_dict()["weight"].copy_(source.LabelTokens!.state_dict()["weight"]);
        }

        return Assemble(UNetFactory.Convert(source.UNet, device, precision), tokens);
    }

    private static LabelEmbedding? BuildTokens(LatentDiffusionConfig config, Device device) =>
        config.Conditioning is LabelConditioning { Input: LabelInput.ContextToken } labels
            ? new LabelEmbedding(labels.NetworkCount, config.UNet.ContextDimension!.Value, device)
            : null;

    // Networks live until they are disposed, whichever dispose scope they were built in.
    private static DenoisingNetwork Assemble(UNet unet, LabelEmbedding? tokens)
    {
        var network = new DenoisingNetwork(unet, tokens);
        network.eval();
        foreach (var tensor in network.parameters().Concat(network.buffers()))
            tensor.DetachFromDisposeScope();
        return network;
    }
}
