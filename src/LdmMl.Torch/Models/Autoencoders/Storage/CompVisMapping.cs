using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>Turns what a CompVis YAML says into a config.</summary>
internal static class CompVisMapping
{
    /// <param name="stage">What the YAML says.</param>
    /// <param name="usedEntries">The length of the weights' <c>quantize.used</c>; 0 without one.</param>
    /// <exception cref="InvalidDataException">The YAML describes something that this library does not have.</exception>
    public static AutoencoderConfig ToConfig(CompVisFirstStage stage, int usedEntries)
    {
        var network = stage.EncoderDecoder;
        Require(network.AttentionType is "vanilla" or "none",
            $"its attention ('attn_type') is '{network.AttentionType}'; supported are vanilla and none.");
        Require(network.InChannels == network.OutChannels,
            $"its images have {network.InChannels} channels and its reconstructions {network.OutChannels}; they must be the same.");
        return stage.Target.Split('.')[^1] switch
        {
            "AutoencoderKL" => Kl(stage, network),
            "VQModel" or "VQModelInterface" => Vq(stage, network, usedEntries),
            var other => throw new InvalidDataException($"it describes a '{other}'; supported are AutoencoderKL, VQModel and VQModelInterface."),
        };
    }

    private static KlAutoencoderConfig Kl(CompVisFirstStage stage, CompVisEncoderDecoder network)
    {
        Require(network.DoubleZ, "its 'double_z' is false, but AutoencoderKL needs mean and variance.");
        return new KlAutoencoderConfig
        {
            BaseChannels = network.BaseChannels,
            ChannelMultipliers = network.ChannelMultipliers,
            LatentChannels = stage.EmbedDim,
            BottleneckChannels = network.LatentChannels,
            ImageChannels = network.InChannels,
            ResidualBlocks = network.ResBlocks,
            Resolution = network.Resolution,
            AttentionResolutions = Attention(network),
            MiddleAttention = network.AttentionType != "none",
            ResampleWithConvolution = network.ResampleWithConvolution,
            TanhOutput = network.TanhOut,
            LatentScale = stage.ScaleFactor ?? 1.0,
        };
    }

    private static VqAutoencoderConfig Vq(CompVisFirstStage stage, CompVisEncoderDecoder network, int usedEntries)
    {
        Require(!network.DoubleZ, "its 'double_z' is true, but a VQ autoencoder has no variance.");
        return new VqAutoencoderConfig
        {
            BaseChannels = network.BaseChannels,
            ChannelMultipliers = network.ChannelMultipliers,
            LatentChannels = stage.EmbedDim,
            BottleneckChannels = network.LatentChannels,
            ImageChannels = network.InChannels,
            ResidualBlocks = network.ResBlocks,
            Resolution = network.Resolution,
            AttentionResolutions = Attention(network),
            MiddleAttention = network.AttentionType != "none",
            ResampleWithConvolution = network.ResampleWithConvolution,
            TanhOutput = network.TanhOut,
            LatentScale = stage.ScaleFactor ?? 1.0,
            CodebookSize = stage.CodeCount ?? throw new InvalidDataException("it has no 'n_embed', the size of the codebook."),
            SpatialIndices = stage.SaneIndexShape,
            UsedEntries = usedEntries,
        };
    }

    private static IReadOnlyList<int> Attention(CompVisEncoderDecoder network) => network.AttentionType == "none" ? [] : network.AttentionResolutions;

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new InvalidDataException(message);
    }
}
