namespace LdmMl.Torch.Diffusion;

/// <summary>How the noise levels of a sampler are spaced between the first and the last of its timesteps.</summary>
public enum SigmaCurve
{
    /// <summary>The levels of the timesteps that the spacing chooses.</summary>
    Schedule,

    /// <summary>Evenly in the 7th root of sigma: more steps at low noise (Karras et al. 2022, eq. 5; <c>use_karras_sigmas</c>).</summary>
    Karras,

    /// <summary>Evenly in ln sigma, which is lambda (<c>use_exponential_sigmas</c>, <c>use_lu_lambdas</c>).</summary>
    Exponential,

    /// <summary>
    /// At the quantiles of a beta distribution: more steps at both ends (Lee et al. 2024, section 3; <c>use_beta_sigmas</c>).
    /// </summary>
    Beta,

    /// <summary>
    /// Evenly in ln sigma over the whole schedule, with the times of the spacing, ending at the smallest sigma (<c>interpolation_type</c>
    /// <c>log_linear</c>), as in diffusers' Euler. Over sigmas only.
    /// </summary>
    LogLinear,
}
