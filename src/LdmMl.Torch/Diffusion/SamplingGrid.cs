namespace LdmMl.Torch.Diffusion;

/// <summary>The levels on which a sampler moves.</summary>
public enum SamplingGrid
{
    /// <summary>Whole forward steps, with the variance kept (alpha² + sigma² = 1): as CompVis and most of diffusers' schedulers.</summary>
    Timesteps,

    /// <summary>States x_0 + sigma epsilon, with any sigma between those of the forward steps: as k-diffusion.</summary>
    Sigmas,
}
