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

    public static AutoencoderModel Create(string kind) => AutoencoderModel.Create(kind switch { "kl" => Kl, "vq" => Vq, _ => Tiny }, seed: 1);

    public static Tensor Images(int count, int height, int width)
    {
        using var generator = new Generator(5, CPU);
        return rand([count, 3, height, width], generator: generator);
    }
}
