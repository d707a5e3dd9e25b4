using System.CommandLine;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Cli.Commands;

/// <summary>The options that shape a KL autoencoder.</summary>
internal static class AutoencoderNetworkOptions
{
    public static Option<int> Size { get; } = new("--size")
    {
        Description = "The side of the square that images are brought to.",
        DefaultValueFactory = _ => 64,
    };
    private static readonly Option<int> Channels = new("--channels")
    {
        Description = "The width of the network's first level, a multiple of --norm-groups.",
        DefaultValueFactory = _ => 32,
    };

    // Its default is told in words, for help would show a list by the name of its type.
    private static readonly Option<int[]> Multipliers = new("--multipliers")
    {
        Description = "The width of each level as a multiple of --channels; n levels shrink images 2^(n-1) times. [default: 1 2 2]",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<int> Blocks = new("--blocks")
    {
        Description = "How many residual blocks a level has.",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<int> LatentChannels = new("--latent-channels")
    {
        Description = "The channels of the latent.",
        DefaultValueFactory = _ => 4,
    };
    private static readonly Option<int> NormGroups = new("--norm-groups")
    {
        Description = "The groups of every normalisation.",
        DefaultValueFactory = _ => 32,
    };

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Size, Channels, Multipliers, Blocks, LatentChannels, NormGroups];

    /// <summary>Refuses what can never be, before anything is parsed.</summary>
    public static void Validate()
    {
        CommonOptions.Within(Size, 1, CommonOptions.LargestSize);
        foreach (var option in new[] { Channels, Blocks, LatentChannels, NormGroups })
            CommonOptions.AtLeast(option, 1);
    }

    /// <summary>Reads the shape.</summary>
    public static KlAutoencoderConfig Read(ParseResult parsed) => new()
    {
        BaseChannels = parsed.GetValue(Channels),
        ChannelMultipliers = parsed.GetValue(Multipliers) is { Length: > 0 } multipliers ? multipliers : [1, 2, 2],
        ResidualBlocks = parsed.GetValue(Blocks),
        LatentChannels = parsed.GetValue(LatentChannels),
        NormGroups = parsed.GetValue(NormGroups),
        Resolution = parsed.GetValue(Size),
    };
}
