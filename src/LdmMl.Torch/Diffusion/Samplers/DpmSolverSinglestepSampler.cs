using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DPM-Solver and DPM-Solver++ in their single-step form (Lu et al. 2022, algorithms 1 and 2; Lu et al. 2022b, algorithm 1), scheduled as in
/// diffusers: in blocks of up to three steps, each from the block's start with the differences computed so far. One network call per step.
/// Noise is drawn where eta is above 0, in every step that does not end at the clean image.
/// </summary>
public sealed record DpmSolverSinglestepSampler : Sampler
{
    private const int LargestOrder = 3;

    private static readonly SamplerNeeds Solver = new()
    {
        Grids = [SamplingGrid.Timesteps, SamplingGrid.Sigmas], SolvesInLambda = true,
    };

    /// <summary>Gets the order (<c>solver_order</c>), 1 to 3: the number of steps in a block.</summary>
    /// <value>Default: 2.</value>
    public int Order { get; init; } = 2;

    /// <summary>
    /// Gets what is solved for: <see cref="Prediction.Start"/> (DPM-Solver++, better with strong guidance) or <see cref="Prediction.Epsilon"/>.
    /// </summary>
    /// <value>Default: <see cref="Prediction.Start"/>.</value>
    public Prediction Solved { get; init; } = Prediction.Start;

    /// <summary>
    /// Gets how much fresh noise (<c>eta</c>) each step adds: 0 none, 1 as much as the reverse process. At least 0; must be 0 for epsilon.
    /// </summary>
    /// <value>Default: 0.</value>
    public double Eta { get; init; }

    /// <summary>Gets the method of higher order within a block (<c>solver_type</c>).</summary>
    /// <value>Default: <see cref="SecondOrder.Midpoint"/>.</value>
    public SecondOrder Method { get; init; }

    /// <summary>
    /// Gets whether the last block is of lower order (<c>lower_order_final</c>); it always is if the order does not divide the
    /// number of steps, or if sampling ends at the clean image.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool LowerOrderAtEnd { get; init; }

    /// <inheritdoc/>
    public override SamplerNeeds Needs =>
        Solver with { LimitsEpsilon = Solved == Prediction.Epsilon, NeedsSignal = Solved == Prediction.Epsilon };

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Within(Order, 1, LargestOrder);
        Check.That(
            Solved is Prediction.Start or Prediction.Epsilon, Solved, $"it must be {Prediction.Start} or {Prediction.Epsilon}");
        Check.AtLeast(Eta, 0);
        Check.That(Eta == 0 || Solved == Prediction.Start, Eta, $"solving for {Solved} it must be 0");
        Check.Defined(Method);
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var step = run.Plan.Steps[index];
        var denoised = run.Denoise(state, step.From);
        run.Remember(state, denoised);
        if (step.To.Sigma == 0)
            return denoised.Start.alias();
        var order = Math.Min(OrderAt(run, index), run.PastCount);
        if (order > 1 && run.Plan.Steps[index - order + 1].From.Alpha == 0)
            order--;                                                   // a block from pure noise is infinitely wide
        var block = new SamplingStep(run.Plan.Steps[index - order + 1].From, step.To);
        if (block.IsEmpty)
            return state.alias();
        return Solved == Prediction.Epsilon ? AlongEpsilon(run, index, order, block) : AlongStart(run, index, order, block);
    }

    // x' = (sigma' / sigma) e^(-eta h) x + alpha' ((1 - e^-s) D_0 + phi_2 D_1 - phi_3 D_2), s = (1 + eta) h over the whole block.
    private Tensor AlongStart(SamplingRun run, int index, int order, SamplingStep block)
    {
        var exponential = new ExponentialStep(block, Eta);
        var scaled = (1 + Eta) * exponential.Width;
        var decay = 1 - Math.Exp(-scaled);
        var phi2 = 1 - (decay / scaled);
        var (first, second) = Changes(run, index, order, block);
        var next = exponential.Move(run.Past(order).State, Estimate(run, order));
        if (first is not null)
            next += first * Real(block.To.Alpha * (order == 2 && Method == SecondOrder.Midpoint ? decay / 2 : phi2));
        if (second is not null)
            next -= second * Real(block.To.Alpha * ((phi2 / scaled) - 0.5));
        return exponential.WithNoise(run, scale: 1, next);
    }

    // x' = (alpha' / alpha) x - sigma' ((e^h - 1) D_0 + phi_2 D_1 + phi_3 D_2).
    private Tensor AlongEpsilon(SamplingRun run, int index, int order, SamplingStep block)
    {
        var width = block.To.Lambda - block.From.Lambda;
        var growth = Math.Exp(width) - 1;
        var (first, second) = Changes(run, index, order, block);
        var slope = Estimate(run, order) * Real(growth);
        if (first is not null)
            slope += first * Real(order == 2 && Method == SecondOrder.Midpoint ? growth / 2 : (growth / width) - 1);
        if (second is not null)
            slope += second * Real(((growth - width) / (width * width)) - 0.5);
        return (run.Past(order).State * Real(block.To.Alpha / block.From.Alpha)) - (slope * Real(block.To.Sigma));
    }

    // Divided differences from the block's start, in units of its width; the third-order midpoint method does not use the second one.
    private (Tensor? First, Tensor? Second) Changes(SamplingRun run, int index, int order, SamplingStep block)
    {
        if (order == 1)
            return (null, null);
        var start = Estimate(run, order);
        var near = (Estimate(run, 1) - start) / Real(Share(run, index, block));
        if (order == 2 || Method == SecondOrder.Midpoint)
            return (near, null);
        var (last, middle) = (Share(run, index, block), Share(run, index - 1, block));
        var far = (Estimate(run, 2) - start) / Real(middle);
        return (
            ((far * Real(last)) - (near * Real(middle))) / Real(last - middle),
            (near - far) * Real(2 / (last - middle)));
    }

    private Tensor Estimate(SamplingRun run, int stepsAgo) =>
        Solved == Prediction.Epsilon ? run.Past(stepsAgo).Denoised.Epsilon : run.Past(stepsAgo).Denoised.Start;

    private static double Share(SamplingRun run, int index, SamplingStep block) =>
        (run.Plan.Steps[index].From.Lambda - block.From.Lambda) / (block.To.Lambda - block.From.Lambda);

    // Blocks of 1, 2, ... up to the order; the last one is shorter, or ends with a step of first order.
    private int OrderAt(SamplingRun run, int index)
    {
        var (steps, endsClean) = (run.StepCount, run.Plan.Steps[^1].To.Sigma == 0);
        if (endsClean && index == steps - 1)
            return 1;
        var lowers = LowerOrderAtEnd || endsClean || steps % Order != 0;
        var usual = (index % Order) + 1;
        if (!lowers || index < steps - Order)
            return usual;
        return (Order, steps % Order, steps - index) switch
        {
            (2, 0, 1) => 1,
            (3, 0, 1) => 1,
            _ => usual,
        };
    }
}
