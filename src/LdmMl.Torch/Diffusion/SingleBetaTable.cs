namespace LdmMl.Torch.Diffusion;

/// <summary>The betas of a <see cref="NoiseScheduleConfig"/> rounded as in diffusers: float32, except for the running product.</summary>
internal static class SingleBetaTable
{
    public static double[] Compute(NoiseScheduleConfig config)
    {
        var betas = config.Curve switch
        {
            BetaCurve.ScaledLinear => Map(Ramp(Math.Sqrt(config.FirstBeta), Math.Sqrt(config.LastBeta), config.Steps), root => root * root),
            BetaCurve.Linear => Ramp(config.FirstBeta, config.LastBeta, config.Steps),
            _ => Rounded(BetaTable.Compute(config with { ZeroTerminalSnr = false })),
        };
        return Array.ConvertAll(config.ZeroTerminalSnr ? WithZeroTerminalSnr(betas) : betas, beta => (double)beta);
    }

    public static double[] AlphaBar(double[] betas) => Array.ConvertAll(Products(Rounded(betas)), product => (double)product);

    // From both ends, each half in float32, as PyTorch computes it.
    private static float[] Ramp(double first, double last, int steps)
    {
        var (start, end) = ((float)first, (float)last);
        var slope = steps == 1 ? 0 : (end - start) / (steps - 1);
        return [.. Enumerable.Range(0, steps).Select(Value)];

        float Value(int step) => step < steps / 2 || steps == 1 ? start + (slope * step) : end - (slope * (steps - 1 - step));
    }

    private static float[] Rounded(double[] values) => Array.ConvertAll(values, value => (float)value);

    private static float[] Map(float[] values, Func<float, float> function) => Array.ConvertAll(values, value => function(value));

    private static float[] Products(float[] betas)
    {
        var product = 1.0;
        return Map(betas, beta => (float)(product *= 1 - beta));
    }

    // Lin et al. 2024, algorithm 1.
    private static float[] WithZeroTerminalSnr(float[] betas)
    {
        var roots = Map(Products(betas), MathF.Sqrt);
        var (first, last) = (roots[0], roots[^1]);
        var scale = first / (first - last);
        var before = 1f;
        return Map(roots, root =>
        {
            var shifted = (root - last) * scale;
            var alphaBar = shifted * shifted;
            var beta = 1 - (alphaBar / before);
            before = alphaBar;
            return beta;
        });
    }
}
