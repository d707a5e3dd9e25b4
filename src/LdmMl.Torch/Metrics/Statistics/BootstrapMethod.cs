namespace LdmMl.Torch.Metrics.Statistics;

/// <summary>How the bounds are computed from the resampled values.</summary>
public enum BootstrapMethod
{
    /// <summary>Corrected for bias and skewness (BCa; Efron 1987): better coverage for few images and skewed scores.</summary>
    BiasCorrectedAccelerated,

    /// <summary>The plain quantiles of the resampled values.</summary>
    Percentile,
}
