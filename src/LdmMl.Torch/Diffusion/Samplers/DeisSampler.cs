using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DEIS (Zhang and Chen 2023, section 3): integrates the polynomial in ln rho, rho = sigma / alpha, through up to three epsilons (tAB-DEIS with the
/// variable <c>logrho</c>, as in diffusers). One network call per step; draws no noise.
/// </summary>
public sealed record DeisSampler : Sampler
{
    private const int LargestOrder = 3;

    private static readonly SamplerNeeds Solver = new()
    {
        Grids = [SamplingGrid.Timesteps, SamplingGrid.Sigmas], SolvesInLambda = true, LimitsEpsilon = true, NeedsSignal = true,
    };

    /// <summary>Gets the order: how many epsilons are used (<c>solver_order</c>), 1 to 3.</summary>
    /// <value>Default: 2.</value>
    public int Order { get; init; } = 2;

    /// <summary>Gets whether, with fewer than 15 steps, the last ones are of lower order (<c>lower_order_final</c>).</summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool LowerOrderAtEnd { get; init; } = true;

    /// <inheritdoc/>
    public override SamplerNeeds Needs => Solver;

    /// <inheritdoc/>
    public override void Validate() => Check.Within(Order, 1, LargestOrder);

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var step = run.Plan.Steps[index];
        var denoised = run.Denoise(state, step.From);
        run.Remember(state, denoised);
        if (step.To.Sigma == 0)
            return denoised.Start.alias();
        if (step.IsEmpty)
            return state.alias();

        // x' = alpha' (x / alpha + the integral of the polynomial over rho).
        var order = OrderAt(run, index);
        var moved = state / Real(step.From.Alpha);
        for (var ago = 0; ago < order; ago++)
            moved += run.Past(ago + 1).Denoised.Epsilon * Real(Weight(run.Plan, index, order, ago));
        return moved * Real(step.To.Alpha);
    }

    private int OrderAt(SamplingRun run, int index)
    {
        var reachable = Math.Min(Order, run.PastCount);
        return LowerOrderAtEnd ? Math.Min(reachable, LastSteps.LargestOrder(run, index)) : reachable;
    }

    // The integral over the step of the Lagrange polynomial in ln rho that is 1 at the epsilon `ago` steps back and 0 at the others.
    private static double Weight(SamplingPlan plan, int index, int order, int ago)
    {
        var own = LogRatio(plan, index - ago);
        double[] others = [.. Enumerable.Range(0, order).Where(other => other != ago).Select(other => LogRatio(plan, index - other))];
        var (from, to) = (plan.Steps[index].From.Ratio, plan.Steps[index].To.Ratio);
        var scale = others.Aggregate(1.0, (product, other) => product * (own - other));
        return (Integral(to, others) - Integral(from, others)) / scale;
    }

    // The integral of the product of up to two factors (ln t - other).
    private static double Integral(double ratio, double[] others)
    {
        var log = Math.Log(ratio);
        return others switch
        {
            [] => ratio,
            [var one] => ratio * (log - 1 - one),
            [var one, var other] => ratio * ((log * log) - (2 * log) + 2 - ((one + other) * (log - 1)) + (one * other)),
            _ => throw new InvalidOperationException("There are at most three epsilons."),
        };
    }

    private static double LogRatio(SamplingPlan plan, int index) => Math.Log(plan.Steps[index].From.Ratio);
}
