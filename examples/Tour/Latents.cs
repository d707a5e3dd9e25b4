using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace Tour;

/// <summary>An image, the four channels of its latent, and the decoded latent.</summary>
internal static class Latents
{
    public static IReadOnlyList<ImageGroup> Draw(AutoencoderModel autoencoder, Tensor emoji)
    {
        using var scope = NewDisposeScope();
        var latents = autoencoder.Encode(emoji);                                            // [3, 4, 16, 16], unit variance
        var decoded = autoencoder.DecodeImages(latents);                                    // 3 of 64x64
        var originals = emoji.ToImages();
        return
        [
            .. Enumerable.Range(0, originals.Count).Select(row => new ImageGroup(
                null, [originals[row], .. Pictures.Gray(latents[row], side: originals[row].Height), decoded[row]])),
        ];
    }
}
