namespace LdmMl.Torch.Diffusion;

/// <summary>Where a step over timesteps ends.</summary>
public enum StepTarget
{
    /// <summary>At the level where the next step starts.</summary>
    NextTimestep,

    /// <summary>
    /// T / S forward steps down, whatever the spacing, as in diffusers' DDIM, DDPM and PNDM schedulers. With linspace and trailing spacing the
    /// next step then starts at a level that is not quite the state's; it exists to reproduce their results.
    /// </summary>
    Stride,
}
