namespace LdmMl.Torch.Diffusion;

/// <summary>Decreasing sigmas between two bounds, with a final 0 (Karras et al. 2022, section 3).</summary>
internal static class SigmaSpacing
{
    /// <summary>Evenly spaced in the 1/rho-th power (Karras et al. 2022, eq. 5).</summary>
    /// <param name="count">How many, at least 1, not counting the final 0.</param>
    /// <param name="smallest">The smallest above 0.</param>
    /// <param name="largest">The largest, above <paramref name="smallest"/>.</param>
    /// <param name="rho">How strongly the small ones are favoured.</param>
    /// <returns>count + 1 deviations.</returns>
    public static double[] Karras(int count, double smallest, double largest, double rho = 7)
    {
        Check(count, smallest, largest);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rho);
        var (first, last) = (Math.Pow(largest, 1 / rho), Math.Pow(smallest, 1 / rho));
        return Fill(count, ramp => Math.Pow(first + (ramp * (last - first)), rho));
    }

    /// <summary>Evenly spaced in the logarithm.</summary>
    /// <param name="count">How many, at least 1, not counting the final 0.</param>
    /// <param name="smallest">The smallest above 0.</param>
    /// <param name="largest">The largest, above <paramref name="smallest"/>.</param>
    /// <returns>count + 1 deviations.</returns>
    public static double[] Exponential(int count, double smallest, double largest) => PolynomialExponential(count, smallest, largest, rho: 1);

    /// <summary>Spaced in the logarithm by a power: rho above 1 favours the small ones.</summary>
    /// <param name="count">How many, at least 1, not counting the final 0.</param>
    /// <param name="smallest">The smallest above 0.</param>
    /// <param name="largest">The largest, above <paramref name="smallest"/>.</param>
    /// <param name="rho">The power.</param>
    /// <returns>count + 1 deviations.</returns>
    public static double[] PolynomialExponential(int count, double smallest, double largest, double rho)
    {
        Check(count, smallest, largest);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rho);
        var (low, high) = (Math.Log(smallest), Math.Log(largest));
        return Fill(count, ramp => Math.Exp(low + (Math.Pow(1 - ramp, rho) * (high - low))));
    }

    /// <summary>At the quantiles of a beta distribution (Lee et al. 2024, section 3; <c>use_beta_sigmas</c>).</summary>
    /// <param name="count">How many, at least 1, not counting the final 0.</param>
    /// <param name="smallest">The smallest above 0.</param>
    /// <param name="largest">The largest, above <paramref name="smallest"/>.</param>
    /// <param name="parameter">Both parameters of the distribution, above 0; below 1 favours both ends.</param>
    /// <returns>count + 1 deviations.</returns>
    public static double[] Beta(int count, double smallest, double largest, double parameter = 0.6)
    {
        Check(count, smallest, largest);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parameter);
        return Fill(count, ramp => smallest + (BetaDistribution.Quantile(1 - ramp, parameter) * (largest - smallest)));
    }

    /// <summary>The sigmas of a continuous variance-preserving process (Song et al. 2021; Karras et al. 2022, table 1).</summary>
    /// <param name="count">How many, at least 1, not counting the final 0.</param>
    /// <param name="betaSpread">beta_d.</param>
    /// <param name="betaMinimum">beta_min.</param>
    /// <param name="smallestTime">The last time above 0.</param>
    /// <returns>count + 1 deviations.</returns>
    public static double[] VariancePreserving(int count, double betaSpread = 19.9, double betaMinimum = 0.1, double smallestTime = 1e-3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Fill(count, ramp =>
        {
            var time = 1 + (ramp * (smallestTime - 1));
            return Math.Sqrt(Math.Exp((betaSpread * time * time / 2) + (betaMinimum * time)) - 1);
        });
    }

    // ramp runs from 0 (the largest) to 1 (the smallest).
    private static double[] Fill(int count, Func<double, double> sigma)
    {
        var sigmas = new double[count + 1];
        for (var i = 0; i < count; i++)
            sigmas[i] = sigma(count == 1 ? 0 : (double)i / (count - 1));
        return sigmas;
    }

    private static void Check(int count, double smallest, double largest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(smallest);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(largest, smallest);
    }
}
