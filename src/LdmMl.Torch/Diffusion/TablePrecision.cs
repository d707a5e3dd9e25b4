namespace LdmMl.Torch.Diffusion;

/// <summary>The precision in which a schedule's betas and their products are computed. The tables agree to six digits.</summary>
internal enum TablePrecision
{
    /// <summary>float64 throughout, as in CompVis' models.</summary>
    Exact,

    /// <summary>float32, as in diffusers: 1 - beta is rounded a thousand times, so that alphaBar is off by up to 6e-7.</summary>
    AsDiffusers,
}
