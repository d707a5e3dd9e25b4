using System.Collections.Immutable;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// The tables of the forward process q(x_t | x_0) = N(sqrt(alphaBar_t) x_0, (1 - alphaBar_t) I) and of its posterior
/// (Ho et al. 2020, eq. 2 to 7), in double precision. Steps are numbered 0 to T - 1. Immutable.
/// </summary>
public sealed class NoiseSchedule
{
    // The posterior's variance at step 0 is 0; this value replaces it in the logarithm.
    private const double SmallestVariance = 1e-20;

    /// <summary>Computes the tables.</summary>
    /// <param name="config">The config; null for <see cref="NoiseScheduleConfig.LatentDiffusion"/>.</param>
    /// <exception cref="ArgumentException">A value of <paramref name="config"/> is outside its range.</exception>
    public NoiseSchedule(NoiseScheduleConfig? config = null)
    {
        Config = config ?? NoiseScheduleConfig.LatentDiffusion;
        Config.Validate();
        var betas = Config.Precision == TablePrecision.AsDiffusers ? SingleBetaTable.Compute(Config) : BetaTable.Compute(Config);
        var alphaBar = Config.Precision == TablePrecision.AsDiffusers ? SingleBetaTable.AlphaBar(betas) : BetaTable.AlphaBar(betas);
        if (Config.TerminalAlphaBar > 0)
            alphaBar[^1] = Config.TerminalAlphaBar;
        var previous = new double[betas.Length];
        for (var step = 0; step < betas.Length; step++)
            previous[step] = step == 0 ? 1 : alphaBar[step - 1];

        Betas = [.. betas];
        AlphaBar = [.. alphaBar];
        PreviousAlphaBar = [.. previous];
        SqrtAlphaBar = Table(step => Math.Sqrt(alphaBar[step]));
        SqrtOneMinusAlphaBar = Table(step => Math.Sqrt(1 - alphaBar[step]));
        LogOneMinusAlphaBar = Table(step => Math.Log(1 - alphaBar[step]));
        SqrtReciprocalAlphaBar = Table(step => Math.Sqrt(1 / alphaBar[step]));
        SqrtReciprocalAlphaBarMinusOne = Table(step => Math.Sqrt((1 / alphaBar[step]) - 1));
        PosteriorVariance = Table(step => PosteriorVarianceAt(betas[step], alphaBar[step], previous[step]));
        PosteriorLogVariance = Table(step => Math.Log(Math.Max(PosteriorVariance[step], SmallestVariance)));
        PosteriorStartCoefficient = Table(step => betas[step] * Math.Sqrt(previous[step]) / (1 - alphaBar[step]));
        PosteriorStateCoefficient = Table(step => (1 - previous[step]) * Math.Sqrt(1 - betas[step]) / (1 - alphaBar[step]));
    }

    /// <summary>Gets what the tables were computed from.</summary>
    public NoiseScheduleConfig Config { get; }

    /// <summary>Gets the number of forward steps T.</summary>
    public int Steps => Config.Steps;

    /// <summary>Gets beta_t, the variance of the noise that step t adds.</summary>
    public ImmutableArray<double> Betas { get; }

    /// <summary>Gets alphaBar_t, the product of 1 - beta up to step t: the remaining share of the image's variance. Strictly decreasing.</summary>
    public ImmutableArray<double> AlphaBar { get; }

    /// <summary>Gets alphaBar_{t-1}; 1 at step 0.</summary>
    public ImmutableArray<double> PreviousAlphaBar { get; }

    /// <summary>Gets sqrt(alphaBar_t), the factor of x_0 in x_t (eq. 4).</summary>
    public ImmutableArray<double> SqrtAlphaBar { get; }

    /// <summary>Gets sqrt(1 - alphaBar_t), the factor of the noise in x_t (eq. 4).</summary>
    public ImmutableArray<double> SqrtOneMinusAlphaBar { get; }

    /// <summary>Gets ln(1 - alphaBar_t), the log variance of q(x_t | x_0).</summary>
    public ImmutableArray<double> LogOneMinusAlphaBar { get; }

    /// <summary>Gets sqrt(1 / alphaBar_t), the factor of x_t when x_0 is computed from epsilon; infinite where alphaBar_t is 0.</summary>
    public ImmutableArray<double> SqrtReciprocalAlphaBar { get; }

    /// <summary>Gets sqrt(1 / alphaBar_t - 1), the factor of epsilon when x_0 is computed from it; infinite where alphaBar_t is 0.</summary>
    public ImmutableArray<double> SqrtReciprocalAlphaBarMinusOne { get; }

    /// <summary>
    /// Gets the variance of a reverse step (eq. 7; with <see cref="NoiseScheduleConfig.PosteriorBetaShare"/> between both bounds).
    /// </summary>
    public ImmutableArray<double> PosteriorVariance { get; }

    /// <summary>Gets the logarithm of <see cref="PosteriorVariance"/>, of 1e-20 where that is smaller.</summary>
    public ImmutableArray<double> PosteriorLogVariance { get; }

    /// <summary>Gets the factor of x_0 in the posterior's mean (eq. 7).</summary>
    public ImmutableArray<double> PosteriorStartCoefficient { get; }

    /// <summary>Gets the factor of x_t in the posterior's mean (eq. 7).</summary>
    public ImmutableArray<double> PosteriorStateCoefficient { get; }

    /// <summary>Returns the signal-to-noise ratio alphaBar_t / (1 - alphaBar_t) of a step.</summary>
    /// <param name="step">The step, 0 to T - 1.</param>
    /// <returns>The ratio, at least 0.</returns>
    public double SignalToNoise(int step) => AlphaBar[step] / (1 - AlphaBar[step]);

    private double PosteriorVarianceAt(double beta, double alphaBar, double previous)
    {
        var share = Config.PosteriorBetaShare;
        return ((1 - share) * beta * (1 - previous) / (1 - alphaBar)) + (share * beta);
    }

    private ImmutableArray<double> Table(Func<int, double> value) => [.. Enumerable.Range(0, Steps).Select(value)];
}
