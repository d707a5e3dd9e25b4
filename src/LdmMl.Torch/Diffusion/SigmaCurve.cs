namespace LdmMl.Torch.Diffusion;

/// <summary>How the noise levels of a sampler are spread between the first and the last that its timesteps reach.</summary>
public enum SigmaCurve
{
    /// <summary>They are those of the timesteps that the spacing chooses.</summary>
    Schedule,

    /// <summary>Evenly in the 1/7-th power of sigma: more of the steps at little noise (Karras et al. 2022, eq. 5).</summary>
    Karras,

    /// <summary>Evenly in ln sigma.</summary>
    Exponential,
}
