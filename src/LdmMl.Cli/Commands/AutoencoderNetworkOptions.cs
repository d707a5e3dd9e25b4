using System.CommandLine;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Cli.Commands;

/// <summary>The options that shape a KL autoencoder.</summary>
internal static class AutoencoderNetworkOptions
{
    private const int DefaultSize = 64;

    // Defaults are told in words: those of a model that training goes on from are its own.
    private static readonly Option<int?> Size = new("--size")
    {
        Description = $"The side of the square that images are brought to. [default: {DefaultSize}, or that of --from\'s model]",
    };
    private static readonly Option<int?> Channels = new("--channels")
    {
        Description = "The width of the network's first level, a multiple of --norm-groups. [default: 32]",
    };

    private static readonly Option<int[]> Multipliers = new("--multipliers")
    {
        Description = "The width of each level as a multiple of --channels; n levels shrink images 2^(n-1) times. [default: 1 2 2]",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<int?> Blocks = new("--blocks")
    {
        Description = "How many residual blocks a level has. [default: 1]",
    };
    private static readonly Option<int?> LatentChannels = new("--latent-channels")
    {
        Description = "The channels of the latent. [default: 4]",
    };
    private static readonly Option<int?> NormGroups = new("--norm-groups")
    {
        Description = "The groups of every normalisation. [default: 32]",
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

    /// <summary>Opens the model that training goes on from, or makes one of the shape that was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="from">The model to go on from; null for a new one.</param>
    /// <param name="seed">The seed of a new model's weights.</param>
    /// <returns>The model, and the side of its training images.</returns>
    /// <exception cref="ArgumentException">A shape was given that is not that of the model to go on from, or one that makes no network.</exception>
    public static (AutoencoderModel Model, int Size) Open(ParseResult parsed, string? from, long seed)
    {
        if (from is null)
            return (OptionNames.InTerms(() => AutoencoderModel.Create(Read(parsed), seed)), parsed.GetValue(Size) ?? DefaultSize);
        var model = AutoencoderModel.Load(from);
        try
        {
            CheckAgainst(parsed, from, model.Config);
            return (model, parsed.GetValue(Size) ?? (model.Config as ConvolutionalAutoencoderConfig)?.Resolution ?? DefaultSize);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static KlAutoencoderConfig Read(ParseResult parsed) => new()
    {
        BaseChannels = parsed.GetValue(Channels) ?? 32,
        ChannelMultipliers = parsed.GetValue(Multipliers) is { Length: > 0 } multipliers ? multipliers : [1, 2, 2],
        ResidualBlocks = parsed.GetValue(Blocks) ?? 1,
        LatentChannels = parsed.GetValue(LatentChannels) ?? 4,
        NormGroups = parsed.GetValue(NormGroups) ?? 32,
        Resolution = parsed.GetValue(Size) ?? DefaultSize,
    };

    private static void CheckAgainst(ParseResult parsed, string from, AutoencoderConfig config)
    {
        var shape = config as ConvolutionalAutoencoderConfig;
        Require(parsed.GetValue(Channels), shape?.BaseChannels, Channels);
        Require(parsed.GetValue(Blocks), shape?.ResidualBlocks, Blocks);
        Require(parsed.GetValue(LatentChannels), config.LatentChannels, LatentChannels);
        Require(parsed.GetValue(NormGroups), shape?.NormGroups, NormGroups);
        if (parsed.GetValue(Multipliers) is { Length: > 0 } multipliers && !multipliers.SequenceEqual(shape?.ChannelMultipliers ?? []))
            throw Contradiction(Multipliers, string.Join(' ', multipliers), shape is null ? null : string.Join(' ', shape.ChannelMultipliers));

        void Require(int? given, int? actual, Option option)
        {
            if (given is not null && given != actual)
                throw Contradiction(option, $"{given}", actual is null ? null : $"{actual}");
        }

        ArgumentException Contradiction(Option option, string given, string? actual) => new(
            $"{option.Name} is {given}, but --from goes on from '{from}', " +
            (actual is null ? "a network of another kind without it" : $"where it is {actual}") + $"; leave {option.Name} out.");
    }
}
