namespace LdmMl.Torch.Models;

/// <summary>The kind of an installed model, which determines the class that opens it by name.</summary>
internal enum InstalledModelKind
{
    /// <summary>An autoencoder, which <see cref="Autoencoders.AutoencoderModel"/> opens.</summary>
    Autoencoder,

    /// <summary>A whole latent diffusion model, which <see cref="Generation.LatentDiffusionModel"/> opens.</summary>
    Diffusion,

    /// <summary>A perceptual distance, which <see cref="Perceptual.PerceptualModel"/> opens.</summary>
    Perceptual,
}
