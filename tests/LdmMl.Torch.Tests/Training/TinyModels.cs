using System.Security.Cryptography;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Tests.Training;

/// <summary>The smallest autoencoders of each kind, and a fingerprint of their weights.</summary>
internal static class TinyModels
{
    public static readonly KlAutoencoderConfig KlConfig = new()
    {
        BaseChannels = 8, ChannelMultipliers = [1, 2], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false,
        Resolution = 16,
    };

    public static AutoencoderModel Kl(long seed = 1) => AutoencoderModel.Create(KlConfig, seed);

    public static AutoencoderModel Vq() => AutoencoderModel.Create(
        new VqAutoencoderConfig
        {
            BaseChannels = 8, ChannelMultipliers = [1, 2], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false,
            Resolution = 16, CodebookSize = 32,
        },
        seed: 1);

    public static string Fingerprint(AutoencoderModel model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in model.Network.parameters())
            hash.AppendData(parameter.bytes);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
