namespace LdmMl.Torch.Metrics.Statistics;

/// <summary>Means of samples that are drawn from values with replacement, and of the values without one of them.</summary>
internal static class ResampledMeans
{
    /// <summary>The mean; exact where all values are equal, and without loss where they are large and close together.</summary>
    public static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value - values[0];
        return values[0] + sum / values.Length;
    }

    /// <summary>
    /// Draws samples as large as the values. The draws depend only on the seed and the count, so columns of the same rows are drawn together.
    /// </summary>
    public static double[] Draw(ReadOnlySpan<double> values, BootstrapOptions options)
    {
        var mean = Mean(values);
        var deviations = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
            deviations[i] = values[i] - mean;

        var random = new RandomNumbers(options.Seed);
        var means = new double[options.Resamples];
        for (var sample = 0; sample < means.Length; sample++)
        {
            var sum = 0.0;
            for (var i = 0; i < deviations.Length; i++)
                sum += deviations[random.Below(deviations.Length)];
            means[sample] = mean + sum / deviations.Length;
        }
        return means;
    }

    /// <summary>The means without the first value, without the second, and so on (the jackknife). Needs two values.</summary>
    public static double[] LeaveOneOut(ReadOnlySpan<double> values)
    {
        var mean = Mean(values);
        var means = new double[values.Length];
        for (var i = 0; i < means.Length; i++)
            means[i] = mean - (values[i] - mean) / (values.Length - 1);
        return means;
    }
}
