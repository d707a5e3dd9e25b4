using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// UniPC (Zhao et al. 2023, algorithms 5 to 8): a multi-step predictor whose states are each corrected once the network has
/// evaluated it. One network call per step; draws no noise.
/// </summary>
public sealed record UniPcSampler : Sampler
{
    private const int LargestOrder = 3;

    private static readonly SamplerNeeds Solver = new()
    {
        Grids = [SamplingGrid.Timesteps, SamplingGrid.Sigmas], SolvesInLambda = true,
    };

    /// <summary>Gets the order, 1 to 3: how many estimates of x_0 are used.</summary>
    /// <value>Default: 2.</value>
    public int Order { get; init; } = 2;

    /// <summary>
    /// Gets what is extrapolated (<c>predict_x0</c>): <see cref="Prediction.Start"/>, better with strong guidance, or
    /// <see cref="Prediction.Epsilon"/>.
    /// </summary>
    /// <value>Default: <see cref="Prediction.Start"/>.</value>
    public Prediction Solved { get; init; } = Prediction.Start;

    /// <summary>Gets the function B(h) (<c>solver_type</c>: bh1 or bh2).</summary>
    /// <value>Default: <see cref="UniPcBasis.Exponential"/>.</value>
    public UniPcBasis Basis { get; init; }

    /// <summary>Gets the steps, from 0, whose states are not corrected (<c>disable_corrector</c>); null for none.</summary>
    /// <value>Default: null.</value>
    public IReadOnlyList<int>? Uncorrected { get; init; }

    /// <summary>Gets whether the order falls to 1 towards the last steps (<c>lower_order_final</c>).</summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool LowerOrderAtEnd { get; init; } = true;

    /// <inheritdoc/>
    public override SamplerNeeds Needs =>
        Solver with { LimitsEpsilon = Solved == Prediction.Epsilon, NeedsSignal = Solved == Prediction.Epsilon };

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Within(Order, 1, LargestOrder);
        Check.Defined(Basis);
        Check.That(
            Solved is Prediction.Start or Prediction.Epsilon, Solved, $"it must be {Prediction.Start} or {Prediction.Epsilon}");
    }

    /// <summary>What is extrapolated.</summary>
    internal Tensor Estimate(Denoised denoised) => Solved == Prediction.Epsilon ? denoised.Epsilon : denoised.Start;

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var step = run.Plan.Steps[index];
        var denoised = run.Denoise(state, step.From);
        var corrected = IsCorrected(index - 1) ? Correct(run, Estimate(denoised), index) : state;
        run.Remember(corrected, denoised);
        if (step.IsEmpty)
            return corrected.alias();
        return step.To.Sigma == 0 ? denoised.Start.alias() : Predict(run, corrected, index);
    }

    // From the step's start, with the differences of the preceding estimates.
    private Tensor Predict(SamplingRun run, Tensor state, int index)
    {
        var polynomial = new UniPcPolynomial(this, run.Plan, index, OrderAt(run, index));
        var now = Estimate(run.Past(1).Denoised);
        return polynomial.Move(state, now, polynomial.Differences(run, now, newest: 1), polynomial.PredictorWeights());
    }

    // The last step again, now that the network has evaluated its end.
    private Tensor Correct(SamplingRun run, Tensor here, int index)
    {
        var polynomial = new UniPcPolynomial(this, run.Plan, index - 1, OrderAt(run, index - 1));
        var before = Estimate(run.Past(1).Denoised);
        var differences = polynomial.Differences(run, before, newest: 1);
        differences.Add(here - before);
        return polynomial.Move(run.Past(1).State, before, differences, polynomial.CorrectorWeights());
    }

    private bool IsCorrected(int step) => step >= 0 && !(Uncorrected?.Contains(step) ?? false);

    // Rises from 1 with the available estimates and falls to 1 with the remaining steps.
    private int OrderAt(SamplingRun run, int index)
    {
        // A step from pure noise (zero terminal SNR) is infinitely wide in lambda, so its estimate is not a node.
        var nodes = run.Plan.Steps[0].From.Alpha == 0 ? Math.Max(index, 1) : index + 1;
        return Math.Min(Math.Min(Order, LowerOrderAtEnd ? run.StepCount - index : Order), nodes);
    }
}
