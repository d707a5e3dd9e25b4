using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>Turns a diffusers <c>config.json</c> into a config.</summary>
internal static class DiffusersReading
{
    /// <exception cref="InvalidDataException">The config describes something that this library does not have.</exception>
    public static AutoencoderConfig ToConfig(DiffusersAutoencoderConfig config, StateDictionary weights)
    {
        Require(config.InChannels == config.OutChannels,
            $"its images have {config.InChannels} channels and its reconstructions {config.OutChannels}; they must be the same.");
        return config switch
        {
            DiffusersKlConfig kl => Kl(kl),
            DiffusersVqConfig vq => Vq(vq),
            DiffusersTinyConfig tiny => TinyFiles.InferConfig(weights) with { LatentScale = tiny.ScalingFactor, LatentShift = tiny.ShiftFactor },
            _ => throw new InvalidDataException($"'{config.PythonClass}' is no autoencoder of this library."),
        };
    }

    private static KlAutoencoderConfig Kl(DiffusersKlConfig config)
    {
        Require(config.UseQuantConv == config.UsePostQuantConv, "it has only one of 'use_quant_conv' and 'use_post_quant_conv'.");
        return new KlAutoencoderConfig
        {
            BaseChannels = BaseChannels(config),
            ChannelMultipliers = Multipliers(config),
            LatentChannels = config.Extras?.EmbedDim ?? config.LatentChannels,
            BottleneckChannels = config.LatentChannels,
            ImageChannels = config.InChannels,
            ResidualBlocks = config.LayersPerBlock,
            Resolution = Resolution(config),
            AttentionResolutions = Attention(config),
            MiddleAttention = config.MidBlockAddAttention,
            ResampleWithConvolution = config.Extras?.ResampWithConv ?? true,
            TanhOutput = config.Extras?.TanhOut ?? false,
            NormGroups = config.NormNumGroups,
            LatentConvolutions = config.UseQuantConv,
            LatentScale = config.ScalingFactor,
            LatentShift = config.ShiftFactor ?? 0,
        };
    }

    private static VqAutoencoderConfig Vq(DiffusersVqConfig config)
    {
        Require(config.NormType == "group", $"its normalisation ('norm_type') is '{config.NormType}'; supported is group.");
        var extras = config.Extras;
        return new VqAutoencoderConfig
        {
            BaseChannels = BaseChannels(config),
            ChannelMultipliers = Multipliers(config),
            LatentChannels = config.VqEmbedDim ?? config.LatentChannels,
            BottleneckChannels = config.LatentChannels,
            ImageChannels = config.InChannels,
            ResidualBlocks = config.LayersPerBlock,
            Resolution = Resolution(config),
            AttentionResolutions = Attention(config),
            MiddleAttention = config.MidBlockAddAttention,
            ResampleWithConvolution = extras?.ResampWithConv ?? true,
            TanhOutput = extras?.TanhOut ?? false,
            NormGroups = config.NormNumGroups,
            LatentScale = config.ScalingFactor,
            CodebookSize = config.NumVqEmbeddings,
            CommitmentWeight = extras?.Beta ?? 0.25,
            LegacyCommitment = extras?.Legacy ?? false,
            SpatialIndices = extras?.SaneIndexShape ?? false,
            UsedEntries = extras?.UsedEntries ?? 0,
            UnknownIndexPolicy = Enum.TryParse<UnknownIndexPolicy>(extras?.UnknownIndexPolicy, out var policy) ? policy : UnknownIndexPolicy.Random,
            UnknownIndex = extras?.UnknownIndex ?? 0,
        };
    }

    private static int BaseChannels(DiffusersLevelsConfig config)
    {
        Require(config.BlockOutChannels.Count > 0, "its 'block_out_channels' is empty.");
        Require(config.ActFn is "silu" or "swish", $"its activation ('act_fn') is '{config.ActFn}'; supported is silu.");
        var first = config.Extras?.BaseChannels ?? config.BlockOutChannels[0];
        Require(first > 0 && config.BlockOutChannels.All(width => width > 0 && width % first == 0),
            $"its 'block_out_channels' are no multiples of {first}.");
        return first;
    }

    private static int[] Multipliers(DiffusersLevelsConfig config) => [.. config.BlockOutChannels.Select(width => width / BaseChannels(config))];

    // diffusers says which levels have attention; CompVis says at which sides. The side that both count from must halve without a rest.
    private static int Resolution(DiffusersLevelsConfig config)
    {
        var factor = 1 << (config.BlockOutChannels.Count - 1);
        return Math.Max(1, (config.SampleSize + factor - 1) / factor) * factor;
    }

    private static int[] Attention(DiffusersLevelsConfig config)
    {
        var levels = config.BlockOutChannels.Count;
        var encoder = config.DownBlockTypes.Select(IsAttention).ToArray();
        var decoder = config.UpBlockTypes.Select(IsAttention).Reverse().ToArray();
        Require(encoder.Length == levels && decoder.Length == levels,
            $"its 'down_block_types' and 'up_block_types' must have {levels} entries, as 'block_out_channels' has.");
        Require(encoder.SequenceEqual(decoder), "its encoder has attention at other levels than its decoder, which is not supported.");
        return [.. Enumerable.Range(0, levels).Where(level => encoder[level]).Select(level => Resolution(config) >> level)];
    }

    private static bool IsAttention(string blockType) => blockType switch
    {
        "AttnDownEncoderBlock2D" or "AttnUpDecoderBlock2D" => true,
        "DownEncoderBlock2D" or "UpDecoderBlock2D" => false,
        _ => throw new InvalidDataException($"its block type '{blockType}' is not supported."),
    };

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new InvalidDataException(message);
    }
}
