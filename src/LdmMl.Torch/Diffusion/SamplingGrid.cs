namespace LdmMl.Torch.Diffusion;

/// <summary>The noise levels over which a sampler steps.</summary>
public enum SamplingGrid
{
    /// <summary>Forward steps of the schedule, variance-preserving (alpha² + sigma² = 1): as in CompVis and most of diffusers' schedulers.</summary>
    Timesteps,

    /// <summary>States x_0 + sigma epsilon, with any sigma between those of the forward steps: as in k-diffusion.</summary>
    Sigmas,
}
