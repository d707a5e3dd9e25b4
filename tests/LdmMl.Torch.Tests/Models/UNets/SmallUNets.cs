using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.UNets;

/// <summary>Small U-Nets of every kind, with their inputs.</summary>
internal static class SmallUNets
{
    public const int Tokens = 3, Labels = 5, Latent = 4;

    public static IReadOnlyDictionary<string, UNetConfig> Kinds { get; } = new Dictionary<string, UNetConfig>(StringComparer.Ordinal)
    {
        ["plain"] = Base,
        ["residual resampling, scale and shift"] = Base with
        {
            Resampling = UNetResampling.ResidualBlock,
            TimestepInjection = TimestepInjection.ScaleAndShift,
            HeadChannels = 16,
            AttentionOrder = AttentionOrder.ProjectionsFirst,
        },
        ["without weights in resampling"] = Base with { Resampling = UNetResampling.Plain, UpsampleHeads = 4 },
        ["context"] = Base with { ContextDimension = 12, TransformerDepth = 2 },
        ["context, linear"] = Base with { ContextDimension = 12, LinearProjections = true },
        ["context, pooled too"] = Base with { ContextDimension = 12, ContextPoolingHeads = 3 },
        ["labels"] = Base with { LabelCount = Labels },
        ["vectors"] = Base with { VectorDimension = 6 },
        ["concatenated"] = Base with { InputChannels = Latent + 3 },
        ["codebook"] = Base with { CodebookSize = 11 },
        ["small groups"] = Base with { BaseChannels = 24, NormGroups = 8, Heads = 3 },
    };

    // Not among the kinds: training needs a generator.
    private static UNetConfig WithDropout => Base with { Dropout = 0.5 };

    private static UNetConfig Base => new()
    {
        InputChannels = Latent,
        OutputChannels = Latent,
        BaseChannels = 32,
        ChannelMultipliers = [1, 2],
        ResidualBlocks = 1,
        AttentionFactors = [1, 2],
        Heads = 2,
    };

    /// <summary>Builds one in which every weight is random, including those that start as 0.</summary>
    public static UNet Build(string kind, long seed = 1)
    {
        var network = UNetFactory.Build(kind == "dropout" ? WithDropout : Kinds[kind]);
        UNetFactory.Initialize(network, seed);
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var (_, weight) in network.named_parameters())
        {
            using var noise = randn(weight.shape, generator: generator);
            using var scaled = noise * Real(0.05);
            weight.add_(scaled, Whole(1));
        }

        return network;
    }

    /// <summary>Draws states, times and conditions, each row from its own seed.</summary>
    public static (Tensor States, Tensor Times, UNetConditions Conditions) Inputs(UNetConfig config, IReadOnlyList<int> rows, int height, int width)
    {
        var conditions = new UNetConditions(
            config.ContextDimension is { } tokens ? Rows(rows, Tokens, tokens) : null,
            config.LabelCount is { } labels ? tensor(rows.Select(row => (long)row % labels).ToArray()) : null,
            config.InputChannels > Latent ? Rows(rows, config.InputChannels - Latent, height, width) : null,
            config.VectorDimension is { } vector ? Rows(rows, vector) : null);
        return (Rows(rows, Latent, height, width), tensor(rows.Select(row => (37.5f * row) + 1).ToArray()), conditions);
    }

    private static Tensor Rows(IReadOnlyList<int> rows, params long[] shape) => stack(rows.Select(row =>
    {
        using var generator = new Generator((ulong)row + 100, CPU);
        return randn(shape, generator: generator);
    }).ToArray());
}
