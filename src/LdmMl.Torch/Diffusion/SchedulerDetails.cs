using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// The finer points of sampling, in which published implementations differ. The defaults are each sampler's usual; files of diffusers schedulers set
/// what they need to be repeated exactly. Plain values.
/// </summary>
public sealed record SchedulerDetails
{
    /// <summary>Gets nothing out of the ordinary.</summary>
    public static SchedulerDetails Usual { get; } = new();

    /// <summary>Gets the levels on which the sampler moves; null for the sampler's usual.</summary>
    /// <value>Default: null.</value>
    public SamplingGrid? Grid { get; init; }

    /// <summary>
    /// Gets where sampling over timesteps ends; null for the sampler's usual: <see cref="SamplingEnd.Clean"/> for DDPM, else the first step.
    /// </summary>
    /// <value>Default: null.</value>
    public SamplingEnd? End { get; init; }

    /// <summary>Gets where a step over timesteps leads.</summary>
    /// <value>Default: <see cref="StepTarget.NextTimestep"/>.</value>
    internal StepTarget Target { get; init; }

    /// <summary>Gets what <see cref="TimestepSpacing.Leading"/> adds to each timestep (<c>steps_offset</c>), at least 0.</summary>
    /// <value>Default: 0.</value>
    public int TimestepOffset { get; init; }

    /// <summary>Gets how sigmas between two forward steps are found.</summary>
    /// <value>Default: <see cref="SigmaInterpolation.Logarithmic"/>.</value>
    public SigmaInterpolation Interpolation { get; init; }

    /// <summary>
    /// Gets the smallest lambda = ln(alpha / sigma) of a timestep that is looked at (<c>lambda_min_clipped</c>, -5.1 for cosine schedules, whose
    /// first levels are so noisy that solvers in lambda lose their way); null for no limit.
    /// </summary>
    /// <value>Default: null.</value>
    public double? SmallestLambda { get; init; }

    /// <summary>Checks every value.</summary>
    internal void Validate()
    {
        Check.Defined(End ?? default, nameof(End));
        Check.Defined(Target);
        Check.Defined(Interpolation);
        Check.AtLeast(TimestepOffset, 0);
        Check.That(SmallestLambda is not { } lambda || !double.IsNaN(lambda), SmallestLambda, "it must be a number");
    }
}
