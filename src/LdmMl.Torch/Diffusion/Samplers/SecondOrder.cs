namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>How a multi-step method of second order takes into account that x_0 changes.</summary>
public enum SecondOrder
{
    /// <summary>By the change at the step's middle.</summary>
    Midpoint,

    /// <summary>By the integral over the step of a linear change.</summary>
    Heun,
}
