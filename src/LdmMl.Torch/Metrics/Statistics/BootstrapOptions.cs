namespace LdmMl.Torch.Metrics.Statistics;

/// <summary>How an interval is computed. Two intervals are comparable only under the same options.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Gets how the bounds are computed.</summary>
    /// <value>Default: <see cref="BootstrapMethod.BiasCorrectedAccelerated"/>.</value>
    public BootstrapMethod Method { get; init; } = BootstrapMethod.BiasCorrectedAccelerated;

    /// <summary>Gets the share of such intervals that contain the true value (the confidence level), between 0 and 1.</summary>
    /// <value>Default: 0.95.</value>
    public double Confidence { get; init; } = 0.95;

    /// <summary>
    /// Gets how many samples are drawn, at least 100. Time is proportional to this and to the number of values: about a second for 10,000 samples of
    /// 100,000.
    /// </summary>
    /// <value>Default: 10,000.</value>
    public int Resamples { get; init; } = 10_000;

    /// <summary>Gets the seed; it gives the same samples on every machine.</summary>
    /// <value>Default: 0.</value>
    public ulong Seed { get; init; }

    internal void Validate()
    {
        if (!Enum.IsDefined(Method))
            throw new ArgumentException($"Method is {Method}; it must be one of {string.Join(", ", Enum.GetNames<BootstrapMethod>())}.");
        if (!(Confidence > 0 && Confidence < 1))
            throw new ArgumentException(FormattableString.Invariant($"Confidence is {Confidence}; it must lie between 0 and 1, such as 0.95."));
        if (Resamples < 100)
            throw new ArgumentException($"Resamples is {Resamples}; it must be at least 100, or the bounds are chance.");
    }
}
