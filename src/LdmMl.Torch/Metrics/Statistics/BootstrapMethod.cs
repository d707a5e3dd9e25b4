namespace LdmMl.Torch.Metrics.Statistics;

/// <summary>How the bounds are read from the resampled values.</summary>
public enum BootstrapMethod
{
    /// <summary>Corrected for bias and skewness (BCa; Efron 1987): the better coverage where few images decide, as is usual for scores.</summary>
    BiasCorrectedAccelerated,

    /// <summary>The plain quantiles of the resampled values.</summary>
    Percentile,
}
