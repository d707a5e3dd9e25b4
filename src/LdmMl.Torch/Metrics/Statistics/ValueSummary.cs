namespace LdmMl.Torch.Metrics.Statistics;

/// <summary>The distribution of values.</summary>
/// <param name="Count">How many values.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="StandardDeviation">Their sample standard deviation (divided by n - 1); 0 for a single value.</param>
/// <param name="Minimum">The smallest value.</param>
/// <param name="LowerQuartile">The first quartile.</param>
/// <param name="Median">The median.</param>
/// <param name="UpperQuartile">The third quartile.</param>
/// <param name="Maximum">The largest value.</param>
internal sealed record ValueSummary(
    int Count, double Mean, double StandardDeviation, double Minimum, double LowerQuartile, double Median, double UpperQuartile, double Maximum)
{
    /// <summary>Summarises values.</summary>
    /// <param name="values">The values in any order; at least one, all finite.</param>
    /// <returns>The summary; quantiles are interpolated linearly, as numpy's are.</returns>
    /// <exception cref="ArgumentException">There is no value, or one is not finite.</exception>
    public static ValueSummary Of(ReadOnlySpan<double> values)
    {
        ScoreValues.Require(values, nameof(values));
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var mean = ResampledMeans.Mean(values);
        var squares = 0.0;
        foreach (var value in values)
            squares += (value - mean) * (value - mean);
        var deviation = values.Length > 1 ? Math.Sqrt(squares / (values.Length - 1)) : 0;
        return new(
            values.Length, mean, deviation, sorted[0], Quantile(sorted, 0.25), Quantile(sorted, 0.5), Quantile(sorted, 0.75), sorted[^1]);
    }

    /// <summary>Formats the figures in one line.</summary>
    /// <returns>Such as <c>mean 0.97, deviation 0.02, 0.91 to 0.99 (24 values)</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"mean {Mean:G6}, deviation {StandardDeviation:G3}, {Minimum:G6} to {Maximum:G6} ({Count} values)");

    /// <summary>Computes a quantile: linear between the two nearest values (Hyndman and Fan 1996, type 7).</summary>
    /// <param name="sorted">The values, ascending.</param>
    /// <param name="share">The share below, 0 to 1.</param>
    internal static double Quantile(ReadOnlySpan<double> sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = Math.Min((int)position, sorted.Length - 1);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
