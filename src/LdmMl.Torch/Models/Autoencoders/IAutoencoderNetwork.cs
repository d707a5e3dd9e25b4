using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>The common interface of autoencoder networks: images to latents and back; latents are raw here, not scaled.</summary>
internal interface IAutoencoderNetwork
{
    /// <summary>Encodes images [B, C, H, W] to the latents [B, c, h, w] that a diffusion model is trained on.</summary>
    /// <param name="images">Images in the network's pixel range.</param>
    /// <param name="noise">Standard normal noise [B, c, h, w] to sample the posterior with; null for its mean.</param>
    Tensor EncodeLatents(Tensor images, Tensor? noise);

    /// <summary>Decodes latents [B, c, h, w] to images [B, C, H, W], not clamped.</summary>
    Tensor DecodeLatents(Tensor latents);
}
