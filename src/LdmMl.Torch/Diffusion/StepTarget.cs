namespace LdmMl.Torch.Diffusion;

/// <summary>Where a step over timesteps leads.</summary>
internal enum StepTarget
{
    /// <summary>To the level at which the next step begins.</summary>
    NextTimestep,

    /// <summary>
    /// T / S forward steps down, whatever the spacing, as diffusers' DDIM, DDPM and PNDM schedulers have it. With linspace and trailing spacing the
    /// next step then begins at a level that is not quite the state's; this is here to repeat what a pipeline of theirs did.
    /// </summary>
    Stride,
}
