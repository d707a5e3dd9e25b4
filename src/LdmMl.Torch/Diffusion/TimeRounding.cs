namespace LdmMl.Torch.Diffusion;

/// <summary>How the network's times for levels on a <see cref="SigmaCurve"/> are rounded.</summary>
public enum TimeRounding
{
    /// <summary>To the nearest step.</summary>
    Nearest,

    /// <summary>To the preceding step.</summary>
    Down,
}
