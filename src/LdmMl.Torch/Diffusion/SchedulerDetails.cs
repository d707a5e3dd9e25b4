using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// Details of sampling in which published implementations differ. By default each sampler's own are used; a scheduler file of diffusers sets
/// whatever is needed to reproduce that scheduler exactly.
/// </summary>
public sealed record SchedulerDetails
{
    /// <summary>Gets the defaults.</summary>
    public static SchedulerDetails Usual { get; } = new();

    /// <summary>Gets the grid of the sampler; null for its default.</summary>
    /// <value>Default: null.</value>
    public SamplingGrid? Grid { get; init; }

    /// <summary>
    /// Gets where sampling ends (<c>final_sigmas_type</c>, <c>set_alpha_to_one</c>); null for the default: over timesteps the sampler's, over sigmas
    /// <see cref="SamplingEnd.Clean"/>.
    /// </summary>
    /// <value>Default: null.</value>
    public SamplingEnd? End { get; init; }

    /// <summary>Gets where a step over timesteps leads; without effect over sigmas and on a <see cref="SigmaCurve"/>.</summary>
    /// <value>Default: <see cref="StepTarget.NextTimestep"/>.</value>
    public StepTarget Target { get; init; }

    /// <summary>Gets what <see cref="TimestepSpacing.Leading"/> adds to each timestep (<c>steps_offset</c>), at least 0.</summary>
    /// <value>Default: 0.</value>
    [KnownAs("steps_offset")]
    public int TimestepOffset { get; init; }

    /// <summary>Gets how sigmas between two forward steps are interpolated; without effect over timesteps.</summary>
    /// <value>Default: <see cref="SigmaInterpolation.Logarithmic"/>.</value>
    public SigmaInterpolation Interpolation { get; init; }

    /// <summary>
    /// Gets the smallest lambda = ln(alpha / sigma) of the timesteps used (<c>lambda_min_clipped</c>, -5.1 for cosine schedules, whose
    /// first levels are too noisy for solvers in lambda); null for no limit.
    /// </summary>
    /// <value>Default: null.</value>
    [KnownAs("lambda_min_clipped")]
    public double? SmallestLambda { get; init; }

    /// <summary>
    /// Gets the smallest sigma of a <see cref="SigmaCurve"/> (<c>sigma_min</c>), above 0; null for that of the last timestep of the spacing.
    /// </summary>
    /// <value>Default: null.</value>
    [KnownAs("sigma_min")]
    public double? SmallestSigma { get; init; }

    /// <summary>
    /// Gets the largest sigma of a <see cref="SigmaCurve"/> (<c>sigma_max</c>), above the smallest; null for that of the first timestep that the
    /// spacing chooses.
    /// </summary>
    /// <value>Default: null.</value>
    [KnownAs("sigma_max")]
    public double? LargestSigma { get; init; }

    /// <summary>
    /// Gets whether the network's time over sigmas is ln(sigma) / 4 (<c>timestep_type</c> <c>continuous</c>), for networks that
    /// were trained that way (Karras et al. 2022, table 1, "EDM").
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool ContinuousTimes { get; init; }

    /// <summary>
    /// Gets how the network's times of levels on a <see cref="SigmaCurve"/> are rounded; null for the default: over timesteps as in diffusers'
    /// multi-step solvers (<see cref="TimeRounding.Nearest"/> for Karras but on cosine schedules, else <see cref="TimeRounding.Down"/>), over sigmas
    /// not at all.
    /// </summary>
    /// <value>Default: null.</value>
    public TimeRounding? Rounding { get; init; }

    /// <summary>
    /// Gets whether the levels of a <see cref="SigmaCurve"/> over timesteps are those of the nearest forward steps, each once, as before diffusers
    /// 0.22: there may be fewer steps than were asked for. Without effect over sigmas.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool SnapsToSteps { get; init; }

    /// <summary>Checks every value.</summary>
    internal void Validate()
    {
        Check.Defined(End ?? default, nameof(End));
        Check.Defined(Target);
        Check.Defined(Interpolation);
        Check.AtLeast(TimestepOffset, 0);
        Check.Defined(Rounding ?? default, nameof(Rounding));
        Check.That(SmallestSigma is null or > 0, SmallestSigma, "it must be above 0");
        Check.That(
            LargestSigma is null || (LargestSigma > (SmallestSigma ?? 0) && double.IsFinite(LargestSigma.Value)), LargestSigma,
            $"it must be above {nameof(SmallestSigma)}");
        Check.That(SmallestLambda is not { } lambda || !double.IsNaN(lambda), SmallestLambda, "it must be a number");
    }
}
