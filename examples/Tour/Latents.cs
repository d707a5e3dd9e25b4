using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Tour;

/// <summary>An image, the four channels of its latent, and what the decoder makes of them.</summary>
internal static class Latents
{
    public static IReadOnlyList<IReadOnlyList<MLImage>> Draw(AutoencoderModel autoencoder, Tensor emoji)
    {
        using var scope = NewDisposeScope();
        var latents = autoencoder.Encode(emoji);                                            // [3, 4, 16, 16], unit variance
        var decoded = autoencoder.Decode(latents);                                          // [3, 3, 64, 64]
        return [.. Enumerable.Range(0, (int)emoji.shape[0]).Select(row => (MLImage[])
        [
            .. Pictures.Of(emoji.narrow(0, row, 1)),
            .. Pictures.Gray(latents[row], low: -2.5, high: 2.5),
            .. Pictures.Of(decoded.narrow(0, row, 1)),
        ])];
    }
}
