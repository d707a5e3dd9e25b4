using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

/// <summary>Autoencoders and images small enough for a test.</summary>
internal static class SmallModels
{
    public static KlAutoencoderConfig Kl { get; } = new()
    {
        BaseChannels = 16,
        ChannelMultipliers = [1, 2],
        LatentChannels = 4,
        ResidualBlocks = 1,
        NormGroups = 8,
    };

    public static VqAutoencoderConfig Vq { get; } = new()
    {
        BaseChannels = 16,
        ChannelMultipliers = [1, 2],
        LatentChannels = 3,
        ResidualBlocks = 1,
        NormGroups = 8,
        CodebookSize = 32,
    };

    public static TinyAutoencoderConfig Tiny { get; } = new() { Width = 8, MiddleNormalization = true };

    /// <summary>Gets configs that differ in everything that files must keep.</summary>
    public static IReadOnlyDictionary<string, AutoencoderConfig> Variants { get; } = new Dictionary<string, AutoencoderConfig>
    {
        ["kl"] = Kl with { LatentScale = 0.7, LatentShift = 0.1 },
        ["kl with attention"] = Kl with { Resolution = 32, AttentionResolutions = [16] },
        ["kl grey"] = Kl with { ImageChannels = 1 },
        ["kl without middle attention"] = Kl with { MiddleAttention = false },
        ["kl without latent convolutions"] = Kl with { LatentConvolutions = false },
        ["kl wide bottleneck, tanh, pooling, wide start"] = Kl with
        {
            BottleneckChannels = 6,
            TanhOutput = true,
            ResampleWithConvolution = false,
            ChannelMultipliers = [2, 1],
        },
        ["kl tanh"] = Kl with { TanhOutput = true },
        ["kl pooling"] = Kl with { ResampleWithConvolution = false },
        ["kl wide start"] = Kl with { ChannelMultipliers = [2, 4], BaseChannels = 8 },
        ["kl wide bottleneck"] = Kl with { BottleneckChannels = 6 },
        ["vq"] = Vq with { LatentScale = 0.3 },
        ["vq tanh"] = Vq with { TanhOutput = true },
        ["vq shift"] = Vq with { LatentShift = 0.2 },
        ["vq without latent convolutions"] = Vq with { LatentConvolutions = false },
        ["vq remapped"] = Vq with { UsedEntries = 20, UnknownIndexPolicy = UnknownIndexPolicy.Extra, LegacyCommitment = false, CommitmentWeight = 0.5 },
        ["tiny"] = Tiny,
        ["tiny without normalisation"] = Tiny with { MiddleNormalization = false, LatentChannels = 16 },
    };

    public static AutoencoderModel Create(string kind) => AutoencoderModel.Create(kind switch { "kl" => Kl, "vq" => Vq, _ => Tiny }, seed: 1);

    public static Tensor Images(int count, int height, int width)
    {
        using var generator = new Generator(5, CPU);
        return rand([count, 3, height, width], generator: generator);
    }
}
