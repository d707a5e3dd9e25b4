namespace LdmMl.Torch.Models;

/// <summary>What an installed model is, and so which class opens it by its name.</summary>
internal enum InstalledModelKind
{
    /// <summary>An autoencoder, which <see cref="Autoencoders.AutoencoderModel"/> opens.</summary>
    Autoencoder,

    /// <summary>A whole latent diffusion model, which <see cref="Generation.LatentDiffusionModel"/> opens.</summary>
    Diffusion,

    /// <summary>A perceptual distance, which <see cref="Perceptual.PerceptualModel"/> opens.</summary>
    Perceptual,
}
