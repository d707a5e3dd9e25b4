namespace LdmMl.Torch.Training;

/// <summary>Which latent a diffusion model learns of an image whose encoder gives a distribution.</summary>
public enum LatentVariation
{
    /// <summary>A new sample of the image's posterior each time it is seen, as in the reference.</summary>
    Sample,

    /// <summary>Always the posterior's mean; half of the cache's memory.</summary>
    Mean,
}
