namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>UniPC's function B(h) (Zhao et al. 2023, section 3.4). It matters only if one difference is known; otherwise it cancels out.</summary>
public enum UniPcBasis
{
    /// <summary>B(h) = e^h - 1 (diffusers <c>bh2</c>).</summary>
    Exponential,

    /// <summary>B(h) = h (diffusers <c>bh1</c>).</summary>
    Linear,
}
