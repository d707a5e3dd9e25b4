namespace LdmMl.Torch.Metrics.Statistics;

/// <summary>How two sets of scores of the same images differ; every difference is the second's value minus the first's.</summary>
/// <example>
/// <code>
/// double[] before = [30.1, 28.4, 33.0], after = [30.9, 28.8, 33.1];   // of the same images
/// Console.WriteLine(PairedComparison.Of(before, after));
/// </code>
/// </example>
public sealed record PairedComparison
{
    private PairedComparison(ValueSummary differences) => Differences = differences;

    /// <summary>Gets the mean of the first with its interval.</summary>
    public required BootstrapInterval First { get; init; }

    /// <summary>Gets the mean of the second with its interval.</summary>
    public required BootstrapInterval Second { get; init; }

    /// <summary>Gets the mean difference with its interval.</summary>
    public required BootstrapInterval Difference { get; init; }

    /// <summary>
    /// Gets the mean difference as a share of the first's mean (0.02 is 2 %, positive where the second is larger) with its interval;
    /// null if the first's mean is 0, or so near 0 that some of its resamples are on the other side: a relative change is then undefined.
    /// </summary>
    public required BootstrapInterval? RelativeChange { get; init; }

    /// <summary>Gets the distribution of the differences.</summary>
    internal ValueSummary Differences { get; }

    /// <summary>Gets the two-sided p-value of a sign-flip test: how probable a mean difference at least as large is if there is none.</summary>
    public required double PValue { get; init; }

    /// <summary>Gets for how many images the second is larger.</summary>
    public required int Increased { get; init; }

    /// <summary>Gets for how many images the second is smaller.</summary>
    public required int Decreased { get; init; }

    /// <summary>Gets for how many images both are equal.</summary>
    public int Unchanged => Difference.Count - Increased - Decreased;

    /// <summary>Gets whether <see cref="PValue"/> counts every sign pattern rather than random ones.</summary>
    public bool IsExact => Increased + Decreased <= SignFlipTest.LargestExactCount;

    /// <summary>Compares two sets of scores.</summary>
    /// <param name="first">The scores of the first, one for each image; at least one, all finite.</param>
    /// <param name="second">The scores of the second for the same images in the same order.</param>
    /// <param name="options">How intervals are computed, and the seed of the test; null for the defaults.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="ArgumentException">The counts differ, there is no value, one is not finite, or an option is wrong.</exception>
    public static PairedComparison Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second, BootstrapOptions? options = null)
    {
        options ??= new BootstrapOptions();
        if (first.Length != second.Length)
            throw new ArgumentException($"The first has {first.Length} values and the second {second.Length}; pairs need one of each for every image.");
        var meanOfFirst = BootstrapInterval.OfMean(first, options);
        var meanOfSecond = BootstrapInterval.OfMean(second, options);
        var differences = new double[first.Length];
        for (var i = 0; i < differences.Length; i++)
            differences[i] = second[i] - first[i];
        return new(ValueSummary.Of(differences))
        {
            First = meanOfFirst,
            Second = meanOfSecond,
            Difference = BootstrapInterval.OfMean(differences, options),
            RelativeChange = Relative(first, second, options),
            PValue = SignFlipTest.PValue(differences, options.Seed),
            Increased = differences.Count(difference => difference > 0),
            Decreased = differences.Count(difference => difference < 0),
        };
    }

    /// <summary>Formats the figures in one line.</summary>
    /// <returns>Such as <c>difference 0.012 [0.010, 0.014], p = 0.0001, 24 larger, 0 smaller</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"difference {Difference}, p = {PValue:G3}, {Increased} larger, {Decreased} smaller");

    // Pairs are drawn together: the draws of both columns depend only on the seed and the count.
    private static BootstrapInterval? Relative(ReadOnlySpan<double> first, ReadOnlySpan<double> second, BootstrapOptions options)
    {
        var (one, other) = (ResampledMeans.Mean(first), ResampledMeans.Mean(second));
        if (one == 0)
            return null;
        if (first.Length == 1)
            return BootstrapInterval.Single(Change(one, other), options);
        var (ones, others) = (ResampledMeans.Draw(first, options), ResampledMeans.Draw(second, options));
        return ones.Any(mean => mean == 0 || double.IsNegative(mean) != double.IsNegative(one))
            ? null
            : BootstrapInterval.Find(
                Change(one, other),
                [.. ones.Zip(others, Change)],
                [.. ResampledMeans.LeaveOneOut(first).Zip(ResampledMeans.LeaveOneOut(second), Change)],
                options);
    }

    private static double Change(double first, double second) => (second - first) / Math.Abs(first);
}
