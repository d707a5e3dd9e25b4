using System.Collections.Immutable;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// The sigmas sqrt((1 - alphaBar) / alphaBar) of a schedule's steps, and the conversion between sigma and time (Karras et al. 2022, appendix C.3).
/// Every value is rounded to float32, as in the references: halfway between two steps, rounding decides which one is nearer, and a
/// sigma should map to the same time here.
/// </summary>
internal sealed class SigmaTable
{
    // Zero terminal SNR has no finite sigma; diffusers uses 4096 instead.
    private const float SmallestSignal = 1f / (1 << 24);

    private readonly float[] sigmas;
    private readonly float[] logSigmas;

    /// <summary>Computes the sigmas.</summary>
    /// <param name="schedule">The schedule.</param>
    public SigmaTable(NoiseSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        sigmas = [.. schedule.AlphaBar.Select(alphaBar => alphaBar == 0 ? SmallestSignal : (float)alphaBar)
            .Select(alphaBar => MathF.Sqrt((1 - alphaBar) / alphaBar))];
        logSigmas = Array.ConvertAll(sigmas, Logarithm);
        Sigmas = [.. sigmas.Select(sigma => (double)sigma)];
    }

    /// <summary>Gets the sigma of each step, increasing; 4096 at the last for zero terminal SNR.</summary>
    public ImmutableArray<double> Sigmas { get; }

    /// <summary>Gets ln sigma of each step.</summary>
    internal ReadOnlySpan<float> LogSigmas => logSigmas;

    /// <summary>Returns the time of a sigma that is not rounded to float32: the last digit can decide which step precedes it.</summary>
    /// <param name="sigma">A deviation above 0.</param>
    /// <returns>A time in 0 to T - 1.</returns>
    public double ExactTimestepOf(double sigma)
    {
        if (logSigmas.Length == 1)
            return 0;
        var wanted = Math.Log(sigma);
        var low = Math.Clamp(Array.FindLastIndex(logSigmas, logSigma => logSigma <= wanted), 0, logSigmas.Length - 2);
        var share = Math.Clamp((logSigmas[low] - wanted) / ((double)logSigmas[low] - logSigmas[low + 1]), 0, 1);
        return ((1 - share) * low) + (share * (low + 1));
    }

    /// <summary>Returns the time of a sigma: linear in ln sigma between two steps, clamped to the table.</summary>
    /// <param name="sigma">A deviation above 0.</param>
    /// <returns>A time in 0 to T - 1.</returns>
    public double TimestepOf(double sigma)
    {
        if (logSigmas.Length == 1)
            return 0;
        var wanted = Logarithm((float)sigma);
        var low = Math.Clamp(StepsUpTo(wanted) - 1, 0, logSigmas.Length - 2);
        if (float.IsInfinity(logSigmas[low + 1]))
            return float.IsInfinity(wanted) ? low + 1 : low;
        var share = Math.Clamp((logSigmas[low] - wanted) / (logSigmas[low] - logSigmas[low + 1]), 0, 1);
        return ((1 - share) * low) + (share * (low + 1));
    }

    /// <summary>Returns the step whose sigma is nearest in the logarithm.</summary>
    /// <param name="sigma">A deviation above 0.</param>
    /// <returns>A step, 0 to T - 1.</returns>
    public int NearestStep(double sigma)
    {
        var wanted = Logarithm((float)sigma);
        if (float.IsInfinity(wanted))
            return wanted > 0 ? logSigmas.Length - 1 : 0;
        var above = StepsUpTo(wanted);
        var below = Math.Max(above - 1, 0);
        return above < logSigmas.Length && Math.Abs(logSigmas[above] - wanted) < Math.Abs(wanted - logSigmas[below]) ? above : below;
    }

    /// <summary>Returns the sigma of a time: ln sigma is linear between two steps.</summary>
    /// <param name="timestep">A time in 0 to T - 1.</param>
    /// <returns>The deviation.</returns>
    public double SigmaOf(double timestep) => SigmaOf(timestep, SigmaInterpolation.Logarithmic);

    /// <summary>Returns the sigma of a time.</summary>
    /// <param name="timestep">A time in 0 to T - 1.</param>
    /// <param name="interpolation">How to interpolate between two steps.</param>
    /// <returns>The deviation.</returns>
    public double SigmaOf(double timestep, SigmaInterpolation interpolation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(timestep);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timestep, sigmas.Length - 1);
        if (interpolation == SigmaInterpolation.Logarithmic)
            return SigmaAt((float)timestep);
        var low = (int)timestep;
        var share = timestep - low;
        return share == 0 ? sigmas[low] : sigmas[low] + (share * (sigmas[low + 1] - sigmas[low]));
    }

    /// <summary>Returns the sigmas of evenly spaced times from T - 1 to 0, with a final 0.</summary>
    /// <param name="count">How many, 1 to T, not counting the final 0.</param>
    /// <returns>count + 1 deviations, decreasing.</returns>
    public double[] EvenlySpaced(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, sigmas.Length);
        if (count == sigmas.Length)
            return [.. Sigmas.Reverse(), 0];
        var last = sigmas.Length - 1;
        var slope = count == 1 ? 0 : (float)last / (count - 1);
        var falling = Enumerable.Range(0, count).Select(i => i < count / 2 || count == 1 ? last - (slope * i) : slope * (count - 1 - i));
        return [.. falling.Select(time => (double)SigmaAt(time)), 0];
    }

    private float SigmaAt(float time)
    {
        var low = (int)MathF.Floor(time);
        var share = time - low;
        return (float)Math.Exp(share == 0 ? logSigmas[low] : ((1 - share) * logSigmas[low]) + (share * logSigmas[low + 1]));
    }

    private int StepsUpTo(float logSigma)
    {
        var found = Array.BinarySearch(logSigmas, logSigma);
        return found >= 0 ? found + 1 : ~found;
    }

    private static float Logarithm(float value) => (float)Math.Log(value);
}
