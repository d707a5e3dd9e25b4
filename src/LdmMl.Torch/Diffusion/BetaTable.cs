namespace LdmMl.Torch.Diffusion;

/// <summary>Computes the betas that a <see cref="NoiseScheduleConfig"/> describes, in double precision.</summary>
internal static class BetaTable
{
    // The last beta of a cosine would be 1, which could not be reversed.
    private const double LargestCosineBeta = 0.999;

    public static double[] Compute(NoiseScheduleConfig config)
    {
        var betas = config.Curve switch
        {
            BetaCurve.ScaledLinear => Map(Ramp(Math.Sqrt(config.FirstBeta), Math.Sqrt(config.LastBeta), config.Steps), root => root * root),
            BetaCurve.Linear => Ramp(config.FirstBeta, config.LastBeta, config.Steps),
            BetaCurve.SquareRoot => Map(Ramp(config.FirstBeta, config.LastBeta, config.Steps), Math.Sqrt),
            BetaCurve.Cosine => Cosine(config.Steps, config.CosineOffset),
            BetaCurve.Trained => [.. config.Betas!],
            _ => throw new ArgumentOutOfRangeException(nameof(config), config.Curve, "There is no such curve."),
        };
        return config.ZeroTerminalSnr ? WithZeroTerminalSnr(betas) : betas;
    }

    // Nichol and Dhariwal 2021, eq. 17: alphaBar(t) = f(t) / f(0), f(t) = cos²(((t / T + s) / (1 + s)) pi / 2).
    private static double[] Cosine(int steps, double offset)
    {
        var betas = new double[steps];
        for (var step = 0; step < steps; step++)
            betas[step] = Math.Clamp(1 - (Curve(step + 1) / Curve(step)), 0, LargestCosineBeta);
        return betas;

        double Curve(int step)
        {
            var cosine = Math.Cos((((double)step / steps) + offset) / (1 + offset) * Math.PI / 2);
            return cosine * cosine;
        }
    }

    // Lin et al. 2024, algorithm 1: the square roots of alphaBar are shifted so that the last is 0, then scaled so that the first is unchanged.
    private static double[] WithZeroTerminalSnr(double[] betas)
    {
        var roots = Map(AlphaBar(betas), Math.Sqrt);
        var (first, last) = (roots[0], roots[^1]);
        var rescaled = new double[betas.Length];
        var before = 1.0;
        for (var step = 0; step < betas.Length; step++)
        {
            var root = (roots[step] - last) * (first / (first - last));
            rescaled[step] = 1 - (root * root / before);
            before = root * root;
        }

        return rescaled;
    }

    public static double[] AlphaBar(double[] betas)
    {
        var products = new double[betas.Length];
        var product = 1.0;
        for (var step = 0; step < betas.Length; step++)
            products[step] = product *= 1 - betas[step];
        return products;
    }

    // Interpolated from both ends, so that the last value is as exact as the first.
    private static double[] Ramp(double first, double last, int steps)
    {
        var ramp = new double[steps];
        var slope = steps == 1 ? 0 : (last - first) / (steps - 1);
        for (var step = 0; step < steps; step++)
            ramp[step] = step < steps / 2 || steps == 1 ? first + (slope * step) : last - (slope * (steps - 1 - step));
        return ramp;
    }

    private static double[] Map(double[] values, Func<double, double> function) => Array.ConvertAll(values, value => function(value));
}
