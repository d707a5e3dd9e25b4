using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Cli.Commands;

/// <summary>The options that shape a U-Net.</summary>
internal static class DiffusionNetworkOptions
{
    private const int TokenDimension = 128;

    // A network that one core trains in an hour.
    private static readonly UNetConfig Default = new()
    {
        InputChannels = 4, OutputChannels = 4, BaseChannels = 64, ChannelMultipliers = [1, 2, 2], AttentionFactors = [2, 4], HeadChannels = 32,
    };

    private static readonly Option<int> Channels = Values.Whole(
        "--channels", "The width of the network's first level, a multiple of --norm-groups.", Default.BaseChannels);
    private static readonly Option<int[]> Multipliers = Values.Wholes(
        "--multipliers",
        "The width of each level as a multiple of --channels; n levels need latents whose sides are multiples of 2^(n-1). "
        + $"[default: {string.Join(' ', Default.ChannelMultipliers)}]");
    private static readonly Option<int> Blocks = Values.Whole(
        "--blocks", "The number of residual blocks per level on the way down.", Default.ResidualBlocks);
    private static readonly Option<int[]> Attention = Values.Wholes(
        "--attention",
        "How many times smaller than the latent the levels with attention are: 1, 2, 4 and so on; 0 for only the middle. "
        + $"[default: {string.Join(' ', Default.AttentionFactors)}]");
    private static readonly Option<int> HeadChannels = Values.Whole(
        "--head-channels", "The channels of one head of attention.", Default.HeadChannels!.Value);
    private static readonly Option<int> NormGroups = Values.Whole("--norm-groups", "The groups of every group normalisation.", Default.NormGroups);
    private static readonly Option<double> Dropout = Values.Number(
        "--dropout", "The share of values that a residual block drops in training.", Default.Dropout);

    /// <summary>Gets how labels enter the network.</summary>
    public static Option<LabelInput> LabelInput { get; } = Values.Choice(
        "--label-input", "How labels enter the network: added to the time embedding, or as a token for cross-attention.",
        Torch.Generation.LabelInput.TimeEmbedding);

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Channels, Multipliers, Blocks, Attention, HeadChannels, NormGroups, Dropout, LabelInput];

    /// <summary>Gets what the library calls the options.</summary>
    public static OptionTerms Terms { get; } = new()
    {
        { nameof(Default.BaseChannels), Channels }, { nameof(Default.ChannelMultipliers), Multipliers }, { nameof(Default.ResidualBlocks), Blocks },
        { nameof(Default.AttentionFactors), Attention }, { nameof(Default.HeadChannels), HeadChannels }, { nameof(Default.NormGroups), NormGroups },
        { nameof(Default.Dropout), Dropout },
    };

    /// <summary>Reads the shape.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="latentChannels">The channels of the first stage's latents.</param>
    /// <param name="hasLabels">Whether the images have labels.</param>
    /// <param name="textWidth">The width of the text encoder's tokens; null without captions.</param>
    public static UNetConfig Read(ParseResult parsed, int latentChannels, bool hasLabels, int? textWidth) => new()
    {
        InputChannels = latentChannels,
        OutputChannels = latentChannels,
        BaseChannels = parsed.GetValue(Channels),
        ChannelMultipliers = parsed.GetValue(Multipliers) is { Length: > 0 } multipliers ? multipliers : Default.ChannelMultipliers,
        ResidualBlocks = parsed.GetValue(Blocks),
        AttentionFactors = parsed.GetValue(Attention) is { Length: > 0 } factors ? [.. factors.Where(factor => factor != 0)] : UsualAttention(parsed),
        HeadChannels = parsed.GetValue(HeadChannels),
        NormGroups = parsed.GetValue(NormGroups),
        Dropout = parsed.GetValue(Dropout),
        ContextDimension = textWidth ?? (hasLabels && parsed.GetValue(LabelInput) == Torch.Generation.LabelInput.ContextToken ? TokenDimension : null),
    };

    // Where a network of fewer levels has no map as small as that, nothing is wrong.
    private static int[] UsualAttention(ParseResult parsed)
    {
        var levels = parsed.GetValue(Multipliers) is { Length: > 0 } multipliers ? multipliers.Length : Default.ChannelMultipliers.Count;
        return [.. Default.AttentionFactors.Where(factor => factor < 1 << levels)];
    }
}
