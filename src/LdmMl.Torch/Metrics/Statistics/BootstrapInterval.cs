namespace LdmMl.Torch.Metrics.Statistics;

/// <summary>
/// A figure with its bootstrap confidence interval (Efron 1987; Efron and Tibshirani 1993, chapter 14): how much it could vary with other images.
/// </summary>
/// <param name="Estimate">The figure, such as the mean.</param>
/// <param name="Lower">The interval's lower bound.</param>
/// <param name="Upper">The interval's upper bound.</param>
/// <param name="Count">The number of values behind it.</param>
/// <param name="Options">How the interval was computed.</param>
/// <remarks>
/// The same values, order and options give the same samples on every machine. Bounds by <see cref="BootstrapMethod.Percentile"/> are equal to the
/// last bit; BCa's may differ by the last bits of the exponential function.
/// </remarks>
/// <example>
/// <code>
/// Console.WriteLine(BootstrapInterval.OfMean([0.91, 0.94, 0.97, 0.89, 0.95]));   // mean [lower, upper]
/// </code>
/// </example>
public sealed record BootstrapInterval(double Estimate, double Lower, double Upper, int Count, BootstrapOptions Options)
{
    // Below this, coverage is visibly less than promised, whatever the method.
    private const int Few = 20;

    /// <summary>Gets a warning if the interval is unreliable; otherwise null.</summary>
    public string? Warning => Count switch
    {
        1 => "The interval of a single value is that value: it says nothing about other images.",
        < Few => $"{Count} values are few: the true value lies outside such an interval more often than it should.",
        _ => null,
    };

    /// <summary>Computes the mean of independent values and its interval.</summary>
    /// <param name="values">The values, such as one score for each image; at least one, all finite.</param>
    /// <param name="options">How; null for the defaults: 95 %, BCa, 10,000 resamples, seed 0.</param>
    /// <returns>The mean and its interval; both bounds are the mean itself where all values are equal or there is only one.</returns>
    /// <exception cref="ArgumentException">There is no value, one is not finite, or an option is wrong.</exception>
    public static BootstrapInterval OfMean(ReadOnlySpan<double> values, BootstrapOptions? options = null)
    {
        options ??= new BootstrapOptions();
        options.Validate();
        ScoreValues.Require(values, nameof(values));
        return values.Length == 1
            ? Single(values[0], options)
            : Find(ResampledMeans.Mean(values), ResampledMeans.Draw(values, options), ResampledMeans.LeaveOneOut(values), options);
    }

    /// <summary>Formats the figures in one line.</summary>
    /// <returns>Such as <c>0.9712 [0.9650, 0.9770]</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Estimate:G6} [{Lower:G6}, {Upper:G6}]");

    /// <summary>The interval of a single value.</summary>
    internal static BootstrapInterval Single(double estimate, BootstrapOptions options) => new(estimate, estimate, estimate, Count: 1, options);

    /// <summary>Computes the interval of any figure from its resampled values, which are sorted in place.</summary>
    /// <param name="estimate">The figure.</param>
    /// <param name="resampled">The figure of each resample.</param>
    /// <param name="withoutOne">The figure without each value in turn.</param>
    /// <param name="options">How.</param>
    internal static BootstrapInterval Find(double estimate, double[] resampled, double[] withoutOne, BootstrapOptions options)
    {
        Array.Sort(resampled);
        var tail = (1 - options.Confidence) / 2;
        var (low, high) = options.Method == BootstrapMethod.Percentile
            ? (tail, 1 - tail)
            : Correct(tail, Bias(estimate, resampled), Acceleration(withoutOne));
        return new(estimate, ValueSummary.Quantile(resampled, low), ValueSummary.Quantile(resampled, high), withoutOne.Length, options);
    }

    // Efron and Tibshirani 1993, eq. 14.10.
    private static (double Low, double High) Correct(double tail, double bias, double acceleration)
    {
        return (At(NormalDistribution.Quantile(tail)), At(NormalDistribution.Quantile(1 - tail)));

        double At(double z) => NormalDistribution.Cumulative(bias + (bias + z) / Math.Max(1 - acceleration * (bias + z), 1e-3));
    }

    // Eq. 14.14: how far the median of the resamples is from the estimate. Ties count half, including those separated by rounding.
    private static double Bias(double estimate, double[] resampled)
    {
        var rounding = 1e-12 * (resampled[^1] - resampled[0]);
        var below = resampled.Count(value => value < estimate - rounding);
        var ties = resampled.Count(value => Math.Abs(value - estimate) <= rounding);
        var share = (below + ties / 2.0) / resampled.Length;
        var least = 0.5 / resampled.Length;
        return NormalDistribution.Quantile(Math.Clamp(share, least, 1 - least));
    }

    // Eq. 14.15: how the spread changes with the figure, from the skewness of the jackknife.
    private static double Acceleration(double[] withoutOne)
    {
        var mean = ResampledMeans.Mean(withoutOne);
        double squares = 0, cubes = 0;
        foreach (var value in withoutOne)
        {
            var deviation = mean - value;
            squares += deviation * deviation;
            cubes += deviation * deviation * deviation;
        }
        var denominator = 6 * squares * Math.Sqrt(squares);
        return denominator > 0 ? cubes / denominator : 0;
    }
}
