using System.Runtime.InteropServices;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// The noise level of a state x = alpha x_0 + sigma epsilon. alpha² + sigma² = 1 preserves the variance (Ho et al. 2020);
/// alpha = 1 lets it explode (Karras et al. 2022). The ratio sigma / alpha tells how noisy the state is, whatever its scale.
/// </summary>
/// <param name="Alpha">The factor of the clean x_0, at least 0.</param>
/// <param name="Sigma">The factor of the standard normal epsilon, at least 0.</param>
/// <param name="Timestep">The network's time for this level, 0 to T - 1, possibly between two steps; null to look it up by the ratio.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct NoiseLevel(double Alpha, double Sigma, double? Timestep = null)
{
    /// <summary>Gets the level without noise, where sampling usually ends.</summary>
    public static NoiseLevel Clean { get; } = new(1, 0);

    /// <summary>Gets sigma / alpha; infinite for pure noise.</summary>
    public double Ratio => Sigma / Alpha;

    /// <summary>Gets lambda = ln(alpha / sigma), half the logarithm of the signal-to-noise ratio (Lu et al. 2022, section 2).</summary>
    public double Lambda => Math.Log(Alpha / Sigma);

    /// <summary>Gets alphaBar = alpha² / (alpha² + sigma²), the share of the image in the variance.</summary>
    public double AlphaBar => 1 / (1 + (Ratio * Ratio));

    /// <summary>Returns the level of a forward step, variance-preserving.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="step">The step, 0 to T - 1.</param>
    /// <returns>alpha = sqrt(alphaBar_t), sigma = sqrt(1 - alphaBar_t).</returns>
    public static NoiseLevel Of(NoiseSchedule schedule, int step)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return new NoiseLevel(schedule.SqrtAlphaBar[step], schedule.SqrtOneMinusAlphaBar[step], step);
    }

    /// <summary>Returns a level of the form x_0 + sigma epsilon.</summary>
    /// <param name="sigma">The deviation of the noise, at least 0.</param>
    /// <param name="timestep">The network's time for it; null to look it up.</param>
    /// <returns>alpha = 1 and the given sigma.</returns>
    public static NoiseLevel OfSigma(double sigma, double? timestep = null) => new(1, sigma, timestep);
}
