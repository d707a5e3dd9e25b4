namespace LdmMl.Torch.Diffusion;

/// <summary>Quantiles of the beta distribution with two equal parameters.</summary>
internal static class BetaDistribution
{
    private const int Halvings = 200;
    private const int Terms = 400;
    private const double Tiny = 1e-300;

    /// <summary>The quantile function: the x in [0, 1] below which a share of the distribution lies.</summary>
    public static double Quantile(double share, double parameter)
    {
        if (share is <= 0 or >= 1)
            return share <= 0 ? 0 : 1;
        if (share > 0.5)
            return 1 - Quantile(1 - share, parameter);
        var (low, high) = (0.0, 0.5);
        for (var i = 0; i < Halvings && high - low > 0; i++)
        {
            var middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
                break;
            (low, high) = Share(middle, parameter) < share ? (middle, high) : (low, middle);
        }

        return high;
    }

    // The share below x of at most 1/2: the continued fraction of the incomplete beta function, by Lentz's method.
    private static double Share(double x, double a)
    {
        var front = Math.Exp((a * Math.Log(x)) + (a * Math.Log(1 - x)) - LogBeta(a)) / a;
        var (numerator, denominator, fraction) = (1.0, 1 / NotZero(1 - (2 * a * x / (a + 1))), 1 / NotZero(1 - (2 * a * x / (a + 1))));
        for (var m = 1; m <= Terms; m++)
        {
            var before = fraction;
            Next(m * (a - m) * x / ((a + (2 * m) - 1) * (a + (2 * m))));
            Next(-(a + m) * ((2 * a) + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1)));
            if (Math.Abs(fraction - before) <= 1e-16 * Math.Abs(fraction))
                break;
        }

        return front * fraction;

        void Next(double term)
        {
            denominator = 1 / NotZero(1 + (term * denominator));
            numerator = NotZero(1 + (term / numerator));
            fraction *= denominator * numerator;
        }
    }

    private static double LogBeta(double a) => (2 * LogGamma(a)) - LogGamma(2 * a);

    // Stirling's series after shifting the argument up.
    private static double LogGamma(double x)
    {
        var shift = 0.0;
        while (x < 15)
            shift += Math.Log(x++);
        var square = x * x;
        var series = ((1.0 / 12) - (((1.0 / 360) - (((1.0 / 1260) - (1.0 / 1680 / square)) / square)) / square)) / x;
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series - shift;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
