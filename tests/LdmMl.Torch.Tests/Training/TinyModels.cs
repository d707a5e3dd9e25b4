using System.Security.Cryptography;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

/// <summary>The smallest autoencoders of each kind, and a fingerprint of their weights.</summary>
internal static class TinyModels
{
    public static readonly KlAutoencoderConfig KlConfig = new()
    {
        BaseChannels = 8, ChannelMultipliers = [1, 2], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false,
        Resolution = 16,
    };

    public static readonly UNetConfig UNetConfig = new()
    {
        InputChannels = 2, OutputChannels = 2, BaseChannels = 8, ChannelMultipliers = [1, 2], ResidualBlocks = 1, AttentionFactors = [2],
        NormGroups = 4,
    };

    public static AutoencoderModel Kl(long seed = 1) => AutoencoderModel.Create(KlConfig, seed);

    public static AutoencoderModel Vq() => AutoencoderModel.Create(
        new VqAutoencoderConfig
        {
            BaseChannels = 8, ChannelMultipliers = [1, 2], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false,
            Resolution = 16, CodebookSize = 32,
        },
        seed: 1);

    public static string Fingerprint(AutoencoderModel model) => Fingerprint(model.Network);

    public static string Fingerprint(LatentDiffusionModel model) => Fingerprint(model.Denoiser);

    private static string Fingerprint(nn.Module network)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in network.parameters())
            hash.AppendData(parameter.bytes);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
