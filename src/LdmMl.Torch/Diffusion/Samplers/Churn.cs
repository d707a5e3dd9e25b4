using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>Noise added before a step and removed by it (Karras et al. 2022, algorithm 2: S_churn, S_min, S_max, S_noise).</summary>
public sealed record Churn
{
    /// <summary>Gets no churn.</summary>
    public static Churn None { get; } = new();

    /// <summary>Gets the total amount of noise added over all steps, at least 0 (<c>s_churn</c>).</summary>
    /// <value>Default: 0.</value>
    [KnownAs("s_churn")]
    public double Amount { get; init; }

    /// <summary>Gets the smallest sigma at which noise is added (<c>s_tmin</c>).</summary>
    /// <value>Default: 0.</value>
    [KnownAs("s_tmin", "s_min")]
    public double SmallestSigma { get; init; }

    /// <summary>Gets the largest sigma at which noise is added (<c>s_tmax</c>).</summary>
    /// <value>Default: infinity.</value>
    [KnownAs("s_tmax", "s_max")]
    public double LargestSigma { get; init; } = double.PositiveInfinity;

    /// <summary>Gets the factor of the noise, at least 0 (<c>s_noise</c>); slightly above 1 compensates for lost detail.</summary>
    /// <value>Default: 1.</value>
    [KnownAs("s_noise")]
    public double NoiseScale { get; init; } = 1;

    internal void Validate()
    {
        RequireNotNegative(Amount, nameof(Amount));
        RequireNotNegative(NoiseScale, nameof(NoiseScale));
    }

    /// <summary>
    /// Raises the state's noise from sigma to sigma (1 + gamma). With churn, noise is drawn even in steps whose gamma is 0, as in the
    /// reference.
    /// </summary>
    internal (Tensor State, NoiseLevel Level) Apply(SamplingRun run, Tensor state, int index)
    {
        using var scope = NewDisposeScope();
        var level = run.Plan.Steps[index].From;
        if (Amount == 0)
            return (scope.MoveToOuter(state.alias()), level);

        var noise = run.Draw(state);
        var gamma = level.Sigma >= SmallestSigma && level.Sigma <= LargestSigma ? Math.Min(Amount / run.StepCount, Math.Sqrt(2) - 1) : 0;
        if (gamma == 0)
            return (scope.MoveToOuter(state.alias()), level);

        var raised = NoiseLevel.OfSigma(level.Sigma * (1 + gamma));
        var added = Math.Sqrt((raised.Sigma * raised.Sigma) - (level.Sigma * level.Sigma)) * NoiseScale;
        return (scope.MoveToOuter(state.Plus(noise * Real(added))), raised);
    }

    private static void RequireNotNegative(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
            throw Check.Refuse($"{nameof(Churn)}.{name}", value, "it must be at least 0");
    }
}
