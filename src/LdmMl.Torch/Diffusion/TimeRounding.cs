namespace LdmMl.Torch.Diffusion;

/// <summary>How the network's times of levels on a <see cref="SigmaCurve"/> become whole.</summary>
internal enum TimeRounding
{
    /// <summary>To the nearest step.</summary>
    Nearest,

    /// <summary>To the step before.</summary>
    Down,
}
