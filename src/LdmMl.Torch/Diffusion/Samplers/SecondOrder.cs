namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>How a multi-step method of second order accounts for the change of x_0.</summary>
public enum SecondOrder
{
    /// <summary>By the change at the step's middle.</summary>
    Midpoint,

    /// <summary>By the integral over the step of a linear change.</summary>
    Heun,
}
