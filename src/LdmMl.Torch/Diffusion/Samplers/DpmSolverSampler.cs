using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DPM-Solver in its multi-step form (Lu et al. 2022, appendix B; diffusers <c>dpmsolver</c> and, for eta 1, <c>sde-dpmsolver</c>): up to third
/// order from the last epsilons, one network call per step. Noise is drawn where eta is above 0, in every step that does not end at the clean image.
/// DPM-Solver++ is better with strong guidance.
/// </summary>
public sealed record DpmSolverSampler : Sampler
{
    private const int LargestOrder = 3;

    private static readonly SamplerNeeds Solver = new()
    {
        Grids = [SamplingGrid.Timesteps, SamplingGrid.Sigmas], SolvesInLambda = true, LimitsEpsilon = true, NeedsSignal = true,
    };

    /// <summary>
    /// Gets how much fresh noise each step adds: 0 none, 1 as much as the reverse process. At least 0; with third order only 0.
    /// </summary>
    /// <value>Default: 0.</value>
    public double Eta { get; init; }

    /// <summary>Gets the order, 1 to 3.</summary>
    /// <value>Default: 2.</value>
    public int Order { get; init; } = 2;

    /// <summary>Gets the second-order method.</summary>
    /// <value>Default: <see cref="SecondOrder.Midpoint"/>.</value>
    public SecondOrder Method { get; init; }

    /// <summary>Gets whether, with fewer than 15 steps, the last ones are of lower order.</summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool LowerOrderAtEnd { get; init; } = true;

    /// <summary>Gets whether the last step is of first order, whatever the number of steps (<c>euler_at_final</c>).</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool EulerAtEnd { get; init; }

    /// <inheritdoc/>
    public override SamplerNeeds Needs => Solver;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Within(Order, 1, LargestOrder);
        Check.AtLeast(Eta, 0);
        Check.Defined(Method);
        Check.That(Eta == 0 || Order < LargestOrder, Order, $"with fresh noise (Eta is {Eta}) it must be at most {LargestOrder - 1}");
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var step = run.Plan.Steps[index];
        var denoised = run.Denoise(state, step.From);
        if (step.IsEmpty)
            return state.alias();
        var next = step.To.Sigma == 0 ? denoised.Start.alias() : Move(run, state, denoised.Epsilon, index);
        run.Remember(state, denoised);
        if (Eta == 0 || step.To.Sigma == 0)
            return next;
        var spread = step.To.Sigma * Math.Sqrt(Eta * (Math.Exp(2 * Width(run, index)) - 1));
        return next.Plus(run.Draw(state) * Real(spread));
    }

    // x' = (alpha' / alpha) x - (1 + eta) sigma' ((e^h - 1) epsilon + phi_2 D_1 + phi_3 D_2), h = lambda' - lambda.
    private Tensor Move(SamplingRun run, Tensor state, Tensor epsilon, int index)
    {
        var step = run.Plan.Steps[index];
        var width = Width(run, index);
        var growth = Math.Exp(width) - 1;
        var slope = epsilon * Real(growth);
        var order = OrderAt(run, index);
        if (order >= 2)
        {
            var (first, second) = Changes(run, epsilon, index, order, width);
            slope += first * Real(order == 2 && Method == SecondOrder.Midpoint ? growth / 2 : (growth / width) - 1);
            if (second is not null)
                slope += second * Real(((growth - width) / (width * width)) - 0.5);
        }

        return (state * Real(step.To.Alpha / step.From.Alpha)) - (slope * Real((1 + Eta) * step.To.Sigma));
    }

    // First and second divided differences of epsilon in units of this step.
    private static (Tensor First, Tensor? Second) Changes(SamplingRun run, Tensor epsilon, int index, int order, double width)
    {
        var ratio0 = Width(run, index - 1) / width;
        var change0 = (epsilon - run.Past(1).Denoised.Epsilon) / Real(ratio0);
        if (order == 2)
            return (change0, null);

        var ratio1 = Width(run, index - 2) / width;
        var change1 = (run.Past(1).Denoised.Epsilon - run.Past(2).Denoised.Epsilon) / Real(ratio1);
        var difference = change0 - change1;
        return (change0.Plus(difference * Real(ratio0 / (ratio0 + ratio1))), difference / Real(ratio0 + ratio1));
    }

    private int OrderAt(SamplingRun run, int index)
    {
        if (EulerAtEnd && index == run.StepCount - 1)
            return 1;
        var reachable = Math.Min(Order, run.PastCount + 1);
        return LowerOrderAtEnd ? Math.Min(reachable, LastSteps.LargestOrder(run, index)) : reachable;
    }

    private static double Width(SamplingRun run, int index) => run.Plan.Steps[index].To.Lambda - run.Plan.Steps[index].From.Lambda;
}
