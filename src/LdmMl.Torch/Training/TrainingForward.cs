using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Runs an autoencoder as in training: with gradients, and through a sample of the posterior if it has one.</summary>
internal static class TrainingForward
{
    /// <summary>Runs the network. The caller disposes the result and still owns the images.</summary>
    /// <param name="network">A network of this library.</param>
    /// <param name="images">Images [B, C, H, W] in the network's range.</param>
    /// <param name="noise">Standard normal noise [B, c, h, w]; unused without a posterior.</param>
    public static AutoencoderPass Run(nn.Module network, Tensor images, Tensor noise) => network switch
    {
        KlAutoencoder kl => Run(kl, images, noise),
        VqAutoencoder vq => Run(vq, images),
        IAutoencoderNetwork other => new AutoencoderPass(images, Decode(other, other.EncodeLatents(images, noise: null))),
        _ => throw new NotSupportedException($"{network.GetName()} is not an autoencoder of this library."),
    };

    private static AutoencoderPass Run(KlAutoencoder network, Tensor images, Tensor noise)
    {
        var posterior = network.Encode(images);
        using var latents = posterior.Sample(noise);
        return new AutoencoderPass(images, network.Decode(latents)) { Posterior = posterior };
    }

    private static AutoencoderPass Run(VqAutoencoder network, Tensor images)
    {
        using var latents = network.Encode(images);
        var codes = network.Quantize(latents);
        return new AutoencoderPass(images, network.Decode(codes.Latents)) { Codes = codes };
    }

    private static Tensor Decode(IAutoencoderNetwork network, Tensor latents)
    {
        using (latents)
            return network.DecodeLatents(latents);
    }
}
