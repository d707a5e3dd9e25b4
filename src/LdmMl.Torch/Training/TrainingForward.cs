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
    /// <param name="change">What happens to the latents before they are decoded (of a VQ autoencoder, before they are quantized); null for nothing.
    /// The result still has the unchanged images.</param>
    public static AutoencoderPass Run(nn.Module network, Tensor images, Tensor noise, EquivariantChange? change = null) => network switch
    {
        KlAutoencoder kl => Run(kl, images, noise, change),
        VqAutoencoder vq => Run(vq, images, change),
        IAutoencoderNetwork other => Run(other, images, change),
        _ => throw new NotSupportedException($"{network.GetName()} is not an autoencoder of this library."),
    };

    private static AutoencoderPass Run(KlAutoencoder network, Tensor images, Tensor noise, EquivariantChange? change)
    {
        var posterior = network.Encode(images);
        using var latents = Changed(posterior.Sample(noise), change);
        return new AutoencoderPass(images, network.Decode(latents)) { Posterior = posterior };
    }

    private static AutoencoderPass Run(VqAutoencoder network, Tensor images, EquivariantChange? change)
    {
        using var latents = Changed(network.Encode(images), change);
        var codes = network.Quantize(latents);
        return new AutoencoderPass(images, network.Decode(codes.Latents)) { Codes = codes };
    }

    private static AutoencoderPass Run(IAutoencoderNetwork network, Tensor images, EquivariantChange? change)
    {
        using var latents = Changed(network.EncodeLatents(images, noise: null), change);
        return new AutoencoderPass(images, network.DecodeLatents(latents));
    }

    private static Tensor Changed(Tensor latents, EquivariantChange? change)
    {
        if (change is null)
            return latents;
        using (latents)
            return change.Apply(latents);
    }
}
