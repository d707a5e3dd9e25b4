using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace Tour;

/// <summary>
/// Where images lie in the latent space. First line: one emoji's latent with more and more noise, which does no harm while it is small.
/// Second line: decoded random numbers, which are not images: the latents of images have to be learned, and that is what diffusion does.
/// </summary>
internal static class Space
{
    private static readonly float[] Deviations = [0, 0.05f, 0.1f, 0.2f, 0.4f, 0.8f];

    public static IReadOnlyList<ImageGroup> Draw(AutoencoderModel autoencoder, Tensor emoji)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var latent = autoencoder.Encode(emoji);                                             // [1, 4, 16, 16]
        var noise = randn(latent.shape, generator: generator);
        var near = latent + (noise * tensor(Deviations).reshape(-1, 1, 1, 1));              // [6, 4, 16, 16]
        var random = randn(near.shape, generator: generator);
        return [new ImageGroup("latent + noise", autoencoder.DecodeImages(near)), new ImageGroup("noise", autoencoder.DecodeImages(random))];
    }
}
