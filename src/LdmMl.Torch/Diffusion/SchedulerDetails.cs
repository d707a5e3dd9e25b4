using LdmMl.Torch.Diffusion.Samplers;

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
    public StepTarget Target { get; init; }

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

    /// <summary>
    /// Gets how steps of second order take the change of the network's answer into account; null for the sampler's usual:
    /// <see cref="Samplers.SecondOrder.Heun"/> for DPM-Solver++(3M), else <see cref="Samplers.SecondOrder.Midpoint"/>.
    /// </summary>
    /// <value>Default: null.</value>
    public SecondOrder? SecondOrder { get; init; }

    /// <summary>
    /// Gets a value indicating whether solvers fall to lower order in the last steps, where there are less than 15 (UniPC: always).
    /// </summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool LowerOrderAtEnd { get; init; } = true;

    /// <summary>Gets where the variance of a DDPM step lies between the posterior's (0, "fixed small") and beta (1, "fixed large").</summary>
    /// <value>Default: 0.</value>
    public double BetaShare { get; init; }

    /// <summary>Gets which prediction PLMS and PNDM average: v in diffusers' schedulers of networks that predict v.</summary>
    /// <value>Default: <see cref="Prediction.Epsilon"/>.</value>
    public Prediction Averaged { get; init; }

    /// <summary>Gets what UniPC extrapolates: x_0 or epsilon (<c>predict_x0</c>).</summary>
    /// <value>Default: <see cref="Prediction.Start"/>.</value>
    public Prediction Solved { get; init; } = Prediction.Start;

    /// <summary>Gets UniPC's function B(h) (<c>solver_type</c>).</summary>
    /// <value>Default: <see cref="UniPcBasis.Exponential"/>.</value>
    public UniPcBasis Basis { get; init; }

    /// <summary>Gets the steps, from 0, whose states UniPC does not correct (<c>disable_corrector</c>); null for none.</summary>
    /// <value>Default: null.</value>
    public IReadOnlyList<int>? Uncorrected { get; init; }
}
