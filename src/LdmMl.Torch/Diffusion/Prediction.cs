namespace LdmMl.Torch.Diffusion;

/// <summary>What a network predicts (<c>prediction_type</c>) from x_t = sqrt(alphaBar) x_0 + sqrt(1 - alphaBar) epsilon.</summary>
public enum Prediction
{
    /// <summary>The noise epsilon (Ho et al. 2020, section 3.2); CompVis <c>eps</c>, diffusers <c>epsilon</c>.</summary>
    Epsilon,

    /// <summary>The clean x_0; CompVis <c>x0</c>, diffusers <c>sample</c>.</summary>
    Start,

    /// <summary>v = sqrt(alphaBar) epsilon - sqrt(1 - alphaBar) x_0 (Salimans and Ho 2022, appendix D); diffusers <c>v_prediction</c>.</summary>
    Velocity,
}
