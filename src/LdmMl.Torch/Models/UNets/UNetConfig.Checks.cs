namespace LdmMl.Torch.Models.UNets;

/// <content>The checks of the numbers against each other.</content>
public sealed partial record UNetConfig
{
    /// <summary>Checks the numbers against each other before a network is built from them.</summary>
    /// <exception cref="ArgumentException">A number makes no network; the message names it.</exception>
    internal void Validate()
    {
        RequirePositive(InputChannels, nameof(InputChannels));
        RequirePositive(OutputChannels, nameof(OutputChannels));
        RequirePositive(ResidualBlocks, nameof(ResidualBlocks));
        RequirePositive(TransformerDepth, nameof(TransformerDepth));
        RequirePositive(NormGroups, nameof(NormGroups));
        RequirePositive(ContextDimension ?? 1, nameof(ContextDimension));
        RequirePositive(LabelCount ?? 1, nameof(LabelCount));
        RequirePositive(VectorDimension ?? 1, nameof(VectorDimension));
        RequirePositive(CodebookSize ?? 1, nameof(CodebookSize));
        Require(Dropout is >= 0 and < 1, $"{nameof(Dropout)} is {Dropout}; it must be at least 0 and less than 1.");
        Require(
            LabelCount is null || VectorDimension is null,
            $"{nameof(LabelCount)} and {nameof(VectorDimension)} are both given; what stands beside the time is one or the other.");
        ValidateLevels();
        for (var level = 0; level < ChannelMultipliers.Count; level++)
            ValidateHeads(level);
    }

    private void ValidateLevels()
    {
        Require(ChannelMultipliers.Count is > 0 and < 16, $"{nameof(ChannelMultipliers)} has {ChannelMultipliers.Count} levels; 1 to 15 make sense.");
        foreach (var multiplier in ChannelMultipliers.Prepend(1))
        {
            Require(
                BaseChannels > 0 && multiplier > 0 && BaseChannels * multiplier % NormGroups == 0,
                $"a level of {BaseChannels} x {multiplier} channels cannot be normalised in {NormGroups} groups; " +
                $"make {nameof(BaseChannels)} a multiple of {nameof(NormGroups)}.");
        }

        // Factors beyond the smallest map are in published configs and mean nothing.
        foreach (var factor in AttentionFactors)
            Require(factor > 0 && (factor & (factor - 1)) == 0, $"{nameof(AttentionFactors)} holds {factor}; maps get smaller in powers of 2.");

        Require(
            LevelHeads is null || LevelHeads.Count == ChannelMultipliers.Count,
            $"{nameof(LevelHeads)} has {LevelHeads?.Count} numbers for {ChannelMultipliers.Count} levels.");
    }

    private void ValidateHeads(int level)
    {
        var isMiddle = level == ChannelMultipliers.Count - 1;
        if (!isMiddle && !HasAttention(level))
            return;
        var channels = LevelChannels(level);
        foreach (var heads in new[] { HeadsOf(level, onTheWayUp: false), HeadsOf(level, onTheWayUp: true) })
        {
            Require(
                heads > 0 && channels % heads == 0 && (HeadChannels is not { } width || LevelHeads is not null || channels % width == 0),
                HeadChannels is { } given && LevelHeads is null
                    ? $"a level of {channels} channels cannot be shared among heads of {given} channels; choose another {nameof(HeadChannels)}."
                    : $"a level of {channels} channels cannot be shared among {heads} heads; choose another {nameof(Heads)}.");
        }
    }

    private static void RequirePositive(int value, string name) => Require(value > 0, $"{name} is {value}; it must be at least 1.");

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(UNetConfig)}: {message}");
    }
}
