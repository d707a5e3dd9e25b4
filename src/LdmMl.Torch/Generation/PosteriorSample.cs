using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>Encodes images as diffusers does: to samples of their posteriors.</summary>
internal static class PosteriorSample
{
    /// <summary>Encodes images [B, C, H, W] to scaled latents; if the first stage has no posterior, its only latent, and nothing is drawn.</summary>
    public static Tensor Of(AutoencoderModel autoencoder, Tensor images, INoiseSource noise)   // -> [B, c, h, w]
    {
        if (!autoencoder.Config.HasPosterior)
            return autoencoder.Encode(images);
        using var drawn = Draw(autoencoder.Config, images, noise);
        return autoencoder.Encode(images, drawn);
    }

    /// <summary>Draws the noise of a posterior.</summary>
    public static Tensor Draw(AutoencoderConfig config, Tensor images, INoiseSource noise)
    {
        var factor = config.DownsampleFactor;
        using var shape = empty([images.shape[0], config.LatentChannels, images.shape[2] / factor, images.shape[3] / factor]);
        return noise.Draw(shape);
    }
}
