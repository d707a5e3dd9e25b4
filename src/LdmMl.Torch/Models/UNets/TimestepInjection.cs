namespace LdmMl.Torch.Models.UNets;

/// <summary>How a residual block takes in the embedding of time step and label.</summary>
public enum TimestepInjection
{
    /// <summary>The embedding is added to each channel between the two convolutions.</summary>
    Shift,

    /// <summary>The embedding scales and shifts the second normalisation (<c>use_scale_shift_norm</c>; Nichol and Dhariwal 2021).</summary>
    ScaleAndShift,
}
