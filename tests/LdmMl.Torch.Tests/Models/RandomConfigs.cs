using CsCheck;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Tests.Models;

/// <summary>Configs as a stranger's files might have them: small ones, many of which no network can be built from.</summary>
internal static class RandomConfigs
{
    private static readonly Gen<IReadOnlyList<int>> Multipliers = Gen.Int[0, 3].Array[0, 3].Select(array => (IReadOnlyList<int>)array);
    private static readonly Gen<int> Few = Gen.Int[0, 3];
    private static readonly Gen<int> Width = OneOf(0, 4, 6, 8, 16);

    /// <summary>Configs of KL autoencoders.</summary>
    public static Gen<KlAutoencoderConfig> Kl { get; } =
        from width in Width
        from multipliers in Multipliers
        from latent in Few
        from bottleneck in Gen.Int[0, 3]
        from blocks in Few
        from resolution in OneOf(0, 7, 16, 33)
        from attention in OneOf(0, 1, 4, 8, 16, 33)
        from flags in Gen.Bool.Array[4]
        from groups in OneOf(0, 2, 4, 5)
        from scale in OneOf(0, 1, 0.18215, -2, double.NaN)
        from shift in OneOf(0, 0.5)
        from means in Rarely(OneOf(0, 0.25, -1).Array[1, 3])
        from deviations in Rarely(OneOf(1, 0.5, 2, 0).Array[1, 3])
        select new KlAutoencoderConfig
        {
            LatentMeans = means,
            LatentDeviations = means is null ? deviations : deviations ?? [.. means.Select(_ => 2.0)],
            BaseChannels = width,
            ChannelMultipliers = multipliers,
            LatentChannels = latent,
            BottleneckChannels = bottleneck,
            ResidualBlocks = blocks,
            Resolution = resolution,
            AttentionResolutions = [attention],
            MiddleAttention = flags[0],
            ResampleWithConvolution = flags[1],
            TanhOutput = flags[2],
            LatentConvolutions = flags[3],
            NormGroups = groups,
            LatentScale = scale,
            LatentShift = shift,
        };

    /// <summary>Configs of VQ autoencoders.</summary>
    public static Gen<VqAutoencoderConfig> Vq { get; } =
        from kl in Kl
        from codes in OneOf(0, 1, 5, 16)
        from used in OneOf(0, 0, 1, 5, 20)
        from policy in OneOf(UnknownIndexPolicy.Random, UnknownIndexPolicy.Extra, UnknownIndexPolicy.Fixed, (UnknownIndexPolicy)9)
        from unknown in Gen.Int[-1, 3]
        from legacy in Gen.Bool
        from weight in OneOf(0.25, 0, double.PositiveInfinity)
        select new VqAutoencoderConfig
        {
            BaseChannels = kl.BaseChannels,
            ChannelMultipliers = kl.ChannelMultipliers,
            LatentChannels = kl.LatentChannels,
            BottleneckChannels = kl.BottleneckChannels,
            ResidualBlocks = kl.ResidualBlocks,
            Resolution = kl.Resolution,
            AttentionResolutions = kl.AttentionResolutions,
            MiddleAttention = kl.MiddleAttention,
            ResampleWithConvolution = kl.ResampleWithConvolution,
            TanhOutput = kl.TanhOutput,
            LatentConvolutions = kl.LatentConvolutions,
            NormGroups = kl.NormGroups,
            LatentScale = kl.LatentScale,
            LatentShift = kl.LatentShift,
            CodebookSize = codes,
            UsedEntries = used,
            UnknownIndexPolicy = policy,
            UnknownIndex = unknown,
            LegacyCommitment = legacy,
            SpatialIndices = !legacy,
            CommitmentWeight = weight,
        };

    /// <summary>Configs of tiny autoencoders.</summary>
    public static Gen<TinyAutoencoderConfig> Tiny { get; } =
        from width in Few
        from latent in Few
        from channels in Few
        from normalized in Gen.Bool
        from scale in OneOf(0, 1, 0.5)
        from shift in OneOf(0, 0.25)
        select new TinyAutoencoderConfig
        {
            Width = width,
            LatentChannels = latent,
            ImageChannels = channels,
            MiddleNormalization = normalized,
            LatentScale = scale,
            LatentShift = shift,
        };

    /// <summary>Configs of U-Nets.</summary>
    public static Gen<UNetConfig> UNets { get; } =
        from width in OneOf(2, 4, 8, 4, 8, 12, 1, 0)
        from multipliers in OneOf(0, 1, 2, 3).SelectMany(kind => kind == 0 ? Multipliers : Gen.Int[1, 2].Array[0, 2].Select(list => (IReadOnlyList<int>)[1, .. list]))
        from channels in OneOf(1, 2, 3, 2, 0).Array[2]
        from blocks in OneOf(1, 1, 2, 0)
        from factors in OneOf(1, 2, 4, 2, 1, 4, 0, 3).Array[0, 2]
        from heads in OneOf(1, 2, 1, 2, 3, 0)
        from headChannels in OneOf<int?>(null, null, null, 2, 4, 0)
        from up in OneOf<int?>(null, null, null, 1, 2, 0)
        from levels in OneOf(0, 1, 2, 3).SelectMany(kind => kind == 0 ? Gen.Int[0, 2].Array[1, 3].Select(array => (int[]?)array) : Gen.Const((int[]?)null))
        from context in OneOf<int?>(null, null, 1, 6, 0)
        from depth in OneOf(1, 1, 2, 0)
        from extra in OneOf<int?>(null, null, null, null, 3, 0).Array[3]
        from flags in Gen.Bool.Array[3]
        from resampling in OneOf(
            UNetResampling.Convolution, UNetResampling.Plain, UNetResampling.ResidualBlock, UNetResampling.Convolution, (UNetResampling)5)
        from injection in Gen.Enum<TimestepInjection>()
        from groups in OneOf(1, 2, 1, 2, 4, 0)
        from widths in Rarely(Gen.Int[1, 3].Array[2, 3].Select(list => (int[])[width, .. list.Skip(1).Select(times => times * 4)]))
        from depths in Rarely(Gen.Int[0, 2].Array[2, 3])
        from alone in Rarely(Gen.Bool.Array[2, 3])
        from sizes in Rarely(Gen.Int[0, 2].Select(value => (int?)value))
        from dropout in OneOf(0, 0, 0.25, 1)
        from pooling in Rarely(Gen.Int[0, 3].Select(value => (int?)value))
        select new UNetConfig
        {
            LevelWidths = widths,
            LevelTransformerDepths = depths,
            CrossAttentionOnly = alone,
            SizeDimension = sizes,
            ContextPoolingHeads = pooling,
            Dropout = dropout,
            BaseChannels = width,
            ChannelMultipliers = multipliers,
            InputChannels = channels[0],
            OutputChannels = channels[1],
            ResidualBlocks = blocks,
            AttentionFactors = factors,
            Heads = heads,
            HeadChannels = headChannels,
            UpsampleHeads = up,
            LevelHeads = levels,
            ContextDimension = context,
            TransformerDepth = depth,
            LabelCount = extra[0],
            VectorDimension = sizes is null ? extra[1] : 13,
            CodebookSize = extra[2],
            LegacyHeads = flags[0],
            LinearProjections = flags[1],
            AttentionOrder = flags[2] ? AttentionOrder.ProjectionsFirst : AttentionOrder.HeadsFirst,
            Resampling = resampling,
            TimestepInjection = injection,
            NormGroups = groups,
        };

    /// <summary>Configs of text encoders.</summary>
    public static Gen<TextNetworkConfig> Texts { get; } =
        from words in OneOf(5, 20, 5, 20, 0)
        from width in OneOf(4, 8, 12, 0)
        from forward in OneOf(4, 9, 16, 0)
        from layers in OneOf(1, 2, 3, 0)
        from heads in OneOf(1, 2, 1, 2, 3, 0)
        from headWidth in OneOf(2, 4, 0)
        from positions in OneOf(1, 3, 7, 7, 0)
        from activation in Gen.Enum<TextActivation>()
        from projection in OneOf<int?>(null, 1, 6, 0)
        from isClip in Gen.Bool
        select isClip
            ? (TextNetworkConfig)new ClipTextConfig
            {
                VocabularySize = words, Width = width, FeedForwardWidth = forward, Layers = layers, Heads = heads, Positions = positions,
                Activation = activation, ProjectionWidth = projection,
            }
            : new LdmTextConfig
            {
                VocabularySize = words, Width = width, FeedForwardWidth = forward, Layers = layers, Heads = heads, Positions = positions,
                HeadWidth = headWidth,
            };

    private static Gen<T?> Rarely<T>(Gen<T> values) => Gen.Int[0, 3].SelectMany(kind => kind == 0 ? values.Select(value => (T?)value) : Gen.Const(default(T)));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
