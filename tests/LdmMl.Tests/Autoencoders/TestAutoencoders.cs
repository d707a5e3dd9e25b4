using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Tests.Autoencoders;

/// <summary>Autoencoders small enough for tests of the plumbing; their weights are random.</summary>
internal static class TestAutoencoders
{
    public const int Factor = 4;

    public static KlAutoencoderConfig KlConfig { get; } = new()
    {
        BaseChannels = 8, ChannelMultipliers = [1, 1, 2], LatentChannels = 3, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false, Resolution = 16,
    };

    public static AutoencoderModel Kl() => AutoencoderModel.Create(KlConfig, seed: 1);

    public static AutoencoderModel Tiny() => AutoencoderModel.Create(new TinyAutoencoderConfig { Width = 8 }, seed: 2);

    public static AutoencoderModel Grey() => AutoencoderModel.Create(KlConfig with { ImageChannels = 1 }, seed: 3);
}
