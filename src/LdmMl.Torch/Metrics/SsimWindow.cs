namespace LdmMl.Torch.Metrics;

/// <summary>The weights with which structural similarity averages a neighbourhood.</summary>
public enum SsimWindow
{
    /// <summary>Every pixel of the window counts the same.</summary>
    Uniform,

    /// <summary>Weights fall with the distance from the centre (Wang et al. 2004, §III.C).</summary>
    Gaussian,
}
