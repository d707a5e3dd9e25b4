using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Models.UNets;

/// <summary>Checks a U-Net's config, before a network is built from it.</summary>
/// <param name="config">The config.</param>
internal sealed class UNetChecks(UNetConfig config)
{
    /// <summary>Checks all values, alone and against each other.</summary>
    /// <exception cref="OptionException">A value is not valid for a network; the message names it.</exception>
    public void Run()
    {
        Check.AtLeast(config.InputChannels, 1);
        Check.AtLeast(config.OutputChannels, 1);
        Check.AtLeast(config.ResidualBlocks, 1);
        Check.AtLeast(config.TransformerDepth, 1);
        Check.AtLeast(config.NormGroups, 1);
        Check.AtLeast(config.ContextDimension ?? 1, 1, nameof(UNetConfig.ContextDimension));
        Check.AtLeast(config.LabelCount ?? 1, 1, nameof(UNetConfig.LabelCount));
        Check.AtLeast(config.VectorDimension ?? 1, 1, nameof(UNetConfig.VectorDimension));
        Check.That(
            config.SizeDimension is not { } sizes || (sizes > 0 && config.VectorDimension > 6 * sizes), config.SizeDimension,
            $"six times as many must be fewer than {nameof(UNetConfig.VectorDimension)}, {(object?)config.VectorDimension ?? Wording.Nothing}");
        Check.AtLeast(config.CodebookSize ?? 1, 1, nameof(UNetConfig.CodebookSize));
        Check.Defined(config.AttentionOrder);
        Check.Defined(config.TimestepInjection);
        Check.Defined(config.Resampling);
        Check.That(config.Dropout is >= 0 and < 1, config.Dropout, "it must be at least 0 and less than 1");
        Check.That(
            config.LabelCount is null || config.VectorDimension is null, config.VectorDimension,
            $"{nameof(UNetConfig.LabelCount)} is given too, and only one of them can be added to the time embedding");
        CheckPooling();
        CheckLevels();
        CheckLists();
        for (var level = 0; level < config.ChannelMultipliers.Count; level++)
            CheckHeads(level);
    }

    private void CheckPooling()
    {
        if (config.ContextPoolingHeads is not { } heads)
            return;
        Check.That(
            config.ContextDimension is { } width && heads > 0 && width % heads == 0, heads,
            $"it must divide {nameof(UNetConfig.ContextDimension)}, {(object?)config.ContextDimension ?? Wording.Nothing}", nameof(UNetConfig.ContextPoolingHeads));
        Check.That(
            config.SizeDimension is null, heads, $"{nameof(UNetConfig.SizeDimension)} is given too, and diffusers has a name for only one of them",
            nameof(UNetConfig.ContextPoolingHeads));
    }

    private void CheckLists()
    {
        var levels = config.ChannelMultipliers.Count;
        Check.That(
            config.LevelWidths is not { } widths
                || (widths.Count == levels && widths[0] == config.BaseChannels && widths.All(width => width > 0 && width % config.NormGroups == 0)),
            config.LevelWidths, $"it must have {levels} multiples of {config.NormGroups}, the first of them {config.BaseChannels}");
        Check.That(
            config.CrossAttentionOnly is null || config.CrossAttentionOnly.Count == levels, config.CrossAttentionOnly?.Count,
            $"it must have one entry for each of the {levels} levels", nameof(config.CrossAttentionOnly));
        if (config.LevelTransformerDepths is not { } depths)
            return;
        Check.That(depths.Count == levels, depths, $"it must have one number for each of the {levels} levels", nameof(config.LevelTransformerDepths));
        Check.That(
            Enumerable.Range(0, levels).All(level => depths[level] is >= 0 and <= 1000 && (depths[level] > 0 || !config.HasAttention(level))) && depths[^1] > 0,
            depths, "it must be at least 1 at every level with attention, and at the last for the middle", nameof(config.LevelTransformerDepths));
    }

    private void CheckLevels()
    {
        Check.That(config.ChannelMultipliers.Count is > 0 and < 16, config.ChannelMultipliers, "it must have 1 to 15 levels");
        Check.That(config.ChannelMultipliers.All(multiplier => multiplier > 0), config.ChannelMultipliers, "each multiplier must be at least 1");

        // The last layers are as wide as the first convolution, as in the reference.
        Check.That(config.ChannelMultipliers[0] == 1, config.ChannelMultipliers, "the first level must have the multiplier 1; divide them all, and increase the base width instead");
        Check.That(
            config.BaseChannels >= 2 && config.BaseChannels % config.NormGroups == 0, config.BaseChannels,
            $"it must be at least 2 and a multiple of the {config.NormGroups} groups of a normalisation");
        Check.That(
            config.ChannelMultipliers.All(multiplier => (long)multiplier * config.BaseChannels <= int.MaxValue / 8), config.ChannelMultipliers,
            "a level must not have more channels than any machine can hold");

        // Factors beyond the smallest map are in published configs and have no effect.
        Check.That(
            config.AttentionFactors.All(factor => factor > 0 && (factor & (factor - 1)) == 0), config.AttentionFactors,
            "each factor must be a power of 2, because maps get smaller in powers of 2");
        Check.That(
            config.LevelHeads is null || config.LevelHeads.Count == config.ChannelMultipliers.Count, config.LevelHeads,
            $"it must have one number for each of the {config.ChannelMultipliers.Count} levels");
    }

    private void CheckHeads(int level)
    {
        var isMiddle = level == config.ChannelMultipliers.Count - 1;
        if (!isMiddle && !config.HasAttention(level))
            return;
        var channels = config.LevelChannels(level);
        if (config.LevelHeads is null && config.HeadChannels is { } width)
        {
            Check.That(
                width > 0 && channels % width == 0, width, $"it must divide the {channels} channels of level {level}, which has attention",
                nameof(UNetConfig.HeadChannels));
            return;
        }

        foreach (var onTheWayUp in new[] { false, true })
        {
            var heads = config.HeadsOf(level, onTheWayUp);
            Check.That(
                heads > 0 && channels % heads == 0, heads, $"it must divide the {channels} channels of level {level}, which has attention",
                MemberOf(onTheWayUp));
        }
    }

    private string MemberOf(bool onTheWayUp) => config.LevelHeads is not null ? nameof(UNetConfig.LevelHeads)
        : onTheWayUp && config is { LegacyHeads: true, ContextDimension: null, UpsampleHeads: not null } ? nameof(UNetConfig.UpsampleHeads)
        : nameof(UNetConfig.Heads);
}
