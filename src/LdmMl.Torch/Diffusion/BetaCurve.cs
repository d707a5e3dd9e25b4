using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Diffusion;

/// <summary>How the noise added by a forward step grows from the first step to the last.</summary>
public enum BetaCurve
{
    /// <summary>
    /// The square root of beta grows linearly: the choice of the published latent diffusion models.
    /// CompVis calls it <c>linear</c>, diffusers <c>scaled_linear</c>.
    /// </summary>
    ScaledLinear,

    /// <summary>Beta grows linearly (Ho et al. 2020, section 4). CompVis calls it <c>sqrt_linear</c>, diffusers <c>linear</c>.</summary>
    Linear,

    /// <summary>alphaBar falls as a squared cosine (Nichol and Dhariwal 2021, eq. 17); diffusers calls it <c>squaredcos_cap_v2</c>.</summary>
    Cosine,

    /// <summary>Beta is the square root of a linear ramp (CompVis <c>sqrt</c>).</summary>
    SquareRoot,

    /// <summary>The betas are listed (<c>trained_betas</c>, <c>given_betas</c>): <see cref="NoiseScheduleConfig.Betas"/>.</summary>
    [KnownAs("Given")]
    Trained,
}
