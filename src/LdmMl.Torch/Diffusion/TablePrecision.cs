namespace LdmMl.Torch.Diffusion;

/// <summary>The precision in which a schedule's betas and their products are computed. The tables are the same to six digits.</summary>
internal enum TablePrecision
{
    /// <summary>float64 throughout, as CompVis' models have it.</summary>
    Exact,

    /// <summary>float32, as diffusers has it: a thousand roundings of 1 - beta, so that alphaBar is up to 6e-7 off.</summary>
    AsDiffusers,
}
