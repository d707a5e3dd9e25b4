namespace LdmMl.Torch.Diffusion;

/// <summary>The level at which sampling ends.</summary>
public enum SamplingEnd
{
    /// <summary>The noise of forward step 0, a few per cent (CompVis' DDIM and PLMS; diffusers with <c>set_alpha_to_one</c> false).</summary>
    FirstStep,

    /// <summary>No noise at all (ancestral sampling; diffusers with <c>set_alpha_to_one</c>).</summary>
    Clean,
}
