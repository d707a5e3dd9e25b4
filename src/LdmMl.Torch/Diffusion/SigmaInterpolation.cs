namespace LdmMl.Torch.Diffusion;

/// <summary>How the sigma of a time between two forward steps is interpolated.</summary>
public enum SigmaInterpolation
{
    /// <summary>ln sigma is linear between the two (k-diffusion).</summary>
    Logarithmic,

    /// <summary>sigma is linear between the two (diffusers).</summary>
    Linear,
}
