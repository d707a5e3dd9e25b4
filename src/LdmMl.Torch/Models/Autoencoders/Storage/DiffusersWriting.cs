using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>Turns a config and a network's weights into what diffusers' files hold.</summary>
internal static class DiffusersWriting
{
    public static DiffusersAutoencoderConfig ToDiffusers(AutoencoderConfig config) => config switch
    {
        KlAutoencoderConfig kl => Kl(kl),
        VqAutoencoderConfig vq => Vq(vq),
        TinyAutoencoderConfig tiny => Tiny(tiny),
        _ => throw new NotSupportedException($"{config.GetType().Name} has no form in files."),
    };

    /// <summary>Gives the weights diffusers' keys; shares memory with the network.</summary>
    public static StateDictionary Weights(AutoencoderConfig config, nn.Module network)
    {
        var weights = network.state_dict();
        if (config is not TinyAutoencoderConfig)
            return AutoencoderWeights.ToDiffusers(weights);
        using var noGradient = no_grad();
        var renamed = new StateDictionary();
        foreach (var (key, tensor) in weights)
            renamed.Add(TinyKeyMap.ToDiffusers(key), tensor.alias());
        return renamed;
    }

    private static DiffusersKlConfig Kl(KlAutoencoderConfig config) => new()
    {
        InChannels = config.ImageChannels,
        OutChannels = config.ImageChannels,
        LatentChannels = config.BottleneckChannels,
        DownBlockTypes = BlockTypes(config, "AttnDownEncoderBlock2D", "DownEncoderBlock2D"),
        UpBlockTypes = [.. BlockTypes(config, "AttnUpDecoderBlock2D", "UpDecoderBlock2D").Reverse()],
        BlockOutChannels = Widths(config),
        LayersPerBlock = config.ResidualBlocks,
        NormNumGroups = config.NormGroups,
        SampleSize = config.Resolution,
        ScalingFactor = config.LatentScale,
        ShiftFactor = config.LatentShift == 0 ? null : config.LatentShift,
        MidBlockAddAttention = config.MiddleAttention,
        UseQuantConv = config.LatentConvolutions,
        UsePostQuantConv = config.LatentConvolutions,
        Extras = Used(Extras(config) with { EmbedDim = config.LatentChannels == config.BottleneckChannels ? null : config.LatentChannels }),
    };

    private static DiffusersVqConfig Vq(VqAutoencoderConfig config) => new()
    {
        InChannels = config.ImageChannels,
        OutChannels = config.ImageChannels,
        LatentChannels = config.BottleneckChannels,
        VqEmbedDim = config.LatentChannels,
        NumVqEmbeddings = config.CodebookSize,
        DownBlockTypes = BlockTypes(config, "AttnDownEncoderBlock2D", "DownEncoderBlock2D"),
        UpBlockTypes = [.. BlockTypes(config, "AttnUpDecoderBlock2D", "UpDecoderBlock2D").Reverse()],
        BlockOutChannels = Widths(config),
        LayersPerBlock = config.ResidualBlocks,
        NormNumGroups = config.NormGroups,
        SampleSize = config.Resolution,
        ScalingFactor = config.LatentScale,
        MidBlockAddAttention = config.MiddleAttention,
        Extras = Used(Extras(config) with
        {
            Beta = config.CommitmentWeight,
            Legacy = config.LegacyCommitment,
            SaneIndexShape = config.SpatialIndices ? true : null,
            UsedEntries = config.UsedEntries == 0 ? null : config.UsedEntries,
            UnknownIndexPolicy = config.UsedEntries == 0 ? null : config.UnknownIndexPolicy.ToString(),
            UnknownIndex = config.UsedEntries == 0 ? null : config.UnknownIndex,
        }),
    };

    private static DiffusersTinyConfig Tiny(TinyAutoencoderConfig config) => new()
    {
        InChannels = config.ImageChannels,
        OutChannels = config.ImageChannels,
        LatentChannels = config.LatentChannels,
        EncoderBlockOutChannels = [config.Width, config.Width, config.Width, config.Width],
        DecoderBlockOutChannels = [config.Width, config.Width, config.Width, config.Width],
        ScalingFactor = config.LatentScale,
        ShiftFactor = config.LatentShift,
    };

    private static LibraryExtras Extras(ConvolutionalAutoencoderConfig config) => new()
    {
        BaseChannels = config.ChannelMultipliers[0] == 1 ? null : config.BaseChannels,
        ResampWithConv = config.ResampleWithConvolution ? null : false,
        TanhOut = config.TanhOutput ? true : null,
    };

    private static LibraryExtras? Used(LibraryExtras extras) => extras == new LibraryExtras() ? null : extras;

    private static int[] Widths(ConvolutionalAutoencoderConfig config) =>
        [.. Enumerable.Range(0, config.ChannelMultipliers.Count).Select(config.LevelChannels)];

    private static string[] BlockTypes(ConvolutionalAutoencoderConfig config, string withAttention, string without) =>
        [.. Enumerable.Range(0, config.ChannelMultipliers.Count)
            .Select(level => config.AttentionResolutions.Contains(config.Resolution >> level) ? withAttention : without)];
}
