using System.CommandLine;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Cli.Commands;

/// <summary>The options that shape a U-Net.</summary>
internal static class DiffusionNetworkOptions
{
    private const int TokenDimension = 128;

    private static readonly int[] AttendedLevels = [2, 4];

    private static readonly Option<int> Channels = new("--channels")
    {
        Description = "The width of the network's first level, a multiple of --norm-groups.",
        DefaultValueFactory = _ => 64,
    };

    // Defaults of lists are told in words, for help would show them by the name of their type.
    private static readonly Option<int[]> Multipliers = new("--multipliers")
    {
        Description = "The width of each level as a multiple of --channels; n levels need latents of a multiple of 2^(n-1). [default: 1 2 2]",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<int> Blocks = new("--blocks")
    {
        Description = "How many residual blocks a level has on the way down.",
        DefaultValueFactory = _ => 2,
    };
    private static readonly Option<int[]> Attention = new("--attention")
    {
        Description = "How many times smaller than the latent a level with attention is: 1, 2, 4 and so on; 0 for the middle alone. [default: 2 4]",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<int> HeadChannels = new("--head-channels")
    {
        Description = "The channels of one head of attention.",
        DefaultValueFactory = _ => 32,
    };
    private static readonly Option<int> NormGroups = new("--norm-groups")
    {
        Description = "The groups of every normalisation.",
        DefaultValueFactory = _ => 32,
    };
    private static readonly Option<double> Dropout = new("--dropout")
    {
        Description = "The share of values that a residual block drops in training.",
        DefaultValueFactory = _ => 0,
    };

    /// <summary>Gets how labels enter the network.</summary>
    public static Option<LabelInput> LabelInput { get; } = new("--label-input")
    {
        Description = "How labels enter the network: beside the time, or as a token that attention looks at.",
        DefaultValueFactory = _ => Torch.Generation.LabelInput.TimeEmbedding,
    };

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Channels, Multipliers, Blocks, Attention, HeadChannels, NormGroups, Dropout, LabelInput];

    /// <summary>Refuses what can never be, before anything is parsed.</summary>
    public static void Validate()
    {
        foreach (var option in new[] { Channels, Blocks, HeadChannels, NormGroups })
            CommonOptions.AtLeast(option, 1);
    }

    /// <summary>Reads the shape.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="latentChannels">The channels of the first stage's latents.</param>
    /// <param name="hasLabels">Whether the images have labels.</param>
    public static UNetConfig Read(ParseResult parsed, int latentChannels, bool hasLabels) => new()
    {
        InputChannels = latentChannels,
        OutputChannels = latentChannels,
        BaseChannels = parsed.GetValue(Channels),
        ChannelMultipliers = parsed.GetValue(Multipliers) is { Length: > 0 } multipliers ? multipliers : [1, 2, 2],
        ResidualBlocks = parsed.GetValue(Blocks),
        AttentionFactors = parsed.GetValue(Attention) is { Length: > 0 } factors ? [.. factors.Where(factor => factor != 0)] : UsualAttention(parsed),
        HeadChannels = parsed.GetValue(HeadChannels),
        NormGroups = parsed.GetValue(NormGroups),
        Dropout = parsed.GetValue(Dropout),
        ContextDimension = hasLabels && parsed.GetValue(LabelInput) == Torch.Generation.LabelInput.ContextToken ? TokenDimension : null,
    };

    // Where a network of fewer levels has no map as small as that, nothing is wrong.
    private static int[] UsualAttention(ParseResult parsed)
    {
        var levels = parsed.GetValue(Multipliers) is { Length: > 0 } multipliers ? multipliers.Length : 3;
        return [.. AttendedLevels.Where(factor => factor < 1 << levels)];
    }
}
