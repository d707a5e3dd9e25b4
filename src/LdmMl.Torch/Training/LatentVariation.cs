namespace LdmMl.Torch.Training;

/// <summary>Which latent of an image a diffusion model is trained on, if the encoder outputs a distribution.</summary>
public enum LatentVariation
{
    /// <summary>A new sample of the image's posterior each time it is seen, as in the reference.</summary>
    Sample,

    /// <summary>Always the posterior's mean, in half the memory.</summary>
    Mean,
}
