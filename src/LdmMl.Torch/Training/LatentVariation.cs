namespace LdmMl.Torch.Training;

/// <summary>The latent that a diffusion model learns of an image whose encoder gives a distribution.</summary>
public enum LatentVariation
{
    /// <summary>A new sample of the image's posterior each time it is seen, as in the reference.</summary>
    Sample,

    /// <summary>Always the posterior's mean, in half the memory.</summary>
    Mean,
}
