namespace LdmMl.Torch.Models.UNets;

/// <summary>How the embedding of time step and label enters a residual block.</summary>
public enum TimestepInjection
{
    /// <summary>The embedding is added to each channel between the two convolutions.</summary>
    Shift,

    /// <summary>The embedding scales and shifts the second normalisation (<c>use_scale_shift_norm</c>; Nichol and Dhariwal 2021).</summary>
    ScaleAndShift,
}
