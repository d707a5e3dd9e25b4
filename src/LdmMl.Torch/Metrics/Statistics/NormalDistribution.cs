namespace LdmMl.Torch.Metrics.Statistics;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    // Beyond this a tail is below 1e-15, which counts as 0 here.
    private const double End = 8;

    /// <summary>The cumulative distribution function at <paramref name="x"/>, by its Taylor series (Marsaglia 2004).</summary>
    public static double Cumulative(double x)
    {
        if (Math.Abs(x) >= End)
            return x > 0 ? 1 : 0;
        double sum = x, term = x;
        for (var i = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); i += 2)
        {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }

    /// <summary>The quantile function, by bisection: it is called only twice per interval.</summary>
    public static double Quantile(double share)
    {
        double low = -End, high = End;
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (Cumulative(middle) < share)
                low = middle;
            else
                high = middle;
        }
        return (low + high) / 2;
    }
}
