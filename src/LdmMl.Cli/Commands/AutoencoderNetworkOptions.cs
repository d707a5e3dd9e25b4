using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Cli.Commands;

/// <summary>The options that shape a KL autoencoder.</summary>
internal static class AutoencoderNetworkOptions
{
    // A network that one core trains in minutes.
    private static readonly KlAutoencoderConfig Default = new()
    {
        BaseChannels = 32, ChannelMultipliers = [1, 2, 2], ResidualBlocks = 1, LatentChannels = 4, Resolution = 64,
    };

    // Defaults are in the descriptions only, because a model that is trained further keeps its own values.
    private static readonly Option<int?> Size = CommonOptions.Size(
        $"The side of the square to which images are resized. [default: {Default.Resolution}, or that of --from's model]");
    private static readonly Option<int?> Channels = Values.OptionalWhole(
        "--channels", $"The width of the network's first level, a multiple of --norm-groups. [default: {Default.BaseChannels}]");
    private static readonly Option<int[]> Multipliers = Values.Wholes(
        "--multipliers",
        "The width of each level as a multiple of --channels; n levels make latents 2^(n-1) times smaller. "
        + $"[default: {string.Join(' ', Default.ChannelMultipliers)}]");
    private static readonly Option<int?> Blocks = Values.OptionalWhole(
        "--blocks", $"The number of residual blocks per level. [default: {Default.ResidualBlocks}]");
    private static readonly Option<int?> LatentChannels = Values.OptionalWhole(
        "--latent-channels", $"The channels of the latent. [default: {Default.LatentChannels}]");
    private static readonly Option<int?> NormGroups = Values.OptionalWhole(
        "--norm-groups", $"The groups of every group normalisation. [default: {Default.NormGroups}]");

    private static readonly OptionTerms Terms = new()
    {
        { nameof(Default.BaseChannels), Channels }, { nameof(Default.ChannelMultipliers), Multipliers }, { nameof(Default.ResidualBlocks), Blocks },
        { nameof(Default.LatentChannels), LatentChannels }, { nameof(Default.NormGroups), NormGroups }, { nameof(Default.Resolution), Size },
    };

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Size, Channels, Multipliers, Blocks, LatentChannels, NormGroups];

    /// <summary>Opens the model to train further, or creates one of the given shape.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="from">The model to go on from; null for a new one.</param>
    /// <param name="seed">The seed of a new model's weights.</param>
    /// <returns>The model, and the side of its training images.</returns>
    /// <exception cref="ArgumentException">The given shape is not that of the model to train further, or no network can be built from it.</exception>
    public static (AutoencoderModel Model, int Size) Open(ParseResult parsed, string? from, long seed)
    {
        if (from is null)
            return (Terms.Run(() => AutoencoderModel.Create(Read(parsed), seed)), parsed.GetValue(Size) ?? Default.Resolution);
        var model = AutoencoderModel.Load(from);
        try
        {
            CheckAgainst(parsed, from, model.Config);
            return (model, parsed.GetValue(Size) ?? (model.Config as ConvolutionalAutoencoderConfig)?.Resolution ?? Default.Resolution);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static KlAutoencoderConfig Read(ParseResult parsed) => Default with
    {
        BaseChannels = parsed.GetValue(Channels) ?? Default.BaseChannels,
        ChannelMultipliers = parsed.GetValue(Multipliers) is { Length: > 0 } multipliers ? multipliers : Default.ChannelMultipliers,
        ResidualBlocks = parsed.GetValue(Blocks) ?? Default.ResidualBlocks,
        LatentChannels = parsed.GetValue(LatentChannels) ?? Default.LatentChannels,
        NormGroups = parsed.GetValue(NormGroups) ?? Default.NormGroups,
        Resolution = parsed.GetValue(Size) ?? Default.Resolution,
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
            $"{option.Name} is {given}, but --from continues from '{from}', " +
            (actual is null ? "a network of another kind without it" : $"where it is {actual}") + $"; leave {option.Name} out.");
    }
}
