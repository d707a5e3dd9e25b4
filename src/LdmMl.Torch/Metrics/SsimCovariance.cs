namespace LdmMl.Torch.Metrics;

/// <summary>The normalisation of the local variances and the local covariance.</summary>
public enum SsimCovariance
{
    /// <summary>The plain weighted mean of the squared deviations (Wang et al. 2004).</summary>
    Population,

    /// <summary>The unbiased estimate: multiplied by N / (N - 1), where N is the number of pixels in the window.</summary>
    Sample,
}
