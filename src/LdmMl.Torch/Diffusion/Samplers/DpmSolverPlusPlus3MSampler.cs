using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DPM-Solver++(3M) with fresh noise (k-diffusion <c>dpmpp_3m_sde</c>; for eta 0 diffusers' <c>dpmsolver++</c> of third order): from the last three
/// x_0, one network call per step. Noise is drawn where eta is above 0, in every step that does not end at the clean image.
/// </summary>
public sealed record DpmSolverPlusPlus3MSampler : Sampler
{
    private static readonly SamplerNeeds Solver = new()
    {
        Grids = [SamplingGrid.Sigmas, SamplingGrid.Timesteps], SolvesInLambda = true,
    };

    /// <summary>Gets how much fresh noise each step adds: 0 none, 1 as much as the reverse process. At least 0.</summary>
    /// <value>Default: 1.</value>
    public double Eta { get; init; } = 1;

    /// <summary>Gets the method of the second-order steps: the second step, and one near the end.</summary>
    /// <value>Default: <see cref="SecondOrder.Heun"/>.</value>
    public SecondOrder Method { get; init; } = SecondOrder.Heun;

    /// <summary>
    /// Gets whether, with fewer than 15 steps, the last ones are of lower order (<c>lower_order_final</c>), except for those over sigmas that
    /// end at the clean image; a step to it is always of first order.
    /// </summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool LowerOrderAtEnd { get; init; } = true;

    /// <summary>Gets whether the last step is of first order, whatever the number of steps (<c>euler_at_final</c>).</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool EulerAtEnd { get; init; }

    /// <summary>Gets the factor of fresh noise (<c>s_noise</c>), at least 0; slightly above 1 compensates for lost detail.</summary>
    /// <value>Default: 1.</value>
    [KnownAs("s_noise")]
    public double NoiseScale { get; init; } = 1;

    /// <inheritdoc/>
    public override SamplerNeeds Needs => Solver;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(Eta, 0);
        Check.AtLeast(NoiseScale, 0);
        Check.Defined(Method);
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var step = run.Plan.Steps[index];
        var denoised = run.Denoise(state, step.From);
        if (step.IsEmpty)
            return state.alias();
        var exponential = new ExponentialStep(step, Eta);
        var next = exponential.Move(state, denoised.Start);
        var order = OrderAt(run, index);
        if (order > 1)
            next += Correction(run, denoised.Start, index, order) * Real(step.To.Alpha);

        run.Remember(state, denoised);
        return exponential.WithNoise(run, NoiseScale, next);
    }

    // phi_2 D_1 - phi_3 D_2 with the first and second differences of x_0 in units of this step.
    private Tensor Correction(SamplingRun run, Tensor start, int index, int order)
    {
        var width = Width(run, index);
        var scaled = (1 + Eta) * width;
        var decay = 1 - Math.Exp(-scaled);
        var phi2 = 1 - (decay / scaled);
        var ratio0 = Width(run, index - 1) / width;
        var difference0 = (start - run.Past(1).Denoised.Start) / Real(ratio0);
        if (order == 2)
            return difference0 * Real(Method == SecondOrder.Midpoint ? decay / 2 : phi2);

        var ratio1 = Width(run, index - 2) / width;
        var difference1 = (run.Past(1).Denoised.Start - run.Past(2).Denoised.Start) / Real(ratio1);
        var change = difference0 - difference1;
        var first = difference0.Plus(change * Real(ratio0 / (ratio0 + ratio1)));
        var second = change / Real(ratio0 + ratio1);
        return (first * Real(phi2)) - (second * Real((phi2 / scaled) - 0.5));
    }

    private int OrderAt(SamplingRun run, int index)
    {
        if (run.Plan.Steps[index].To.Sigma == 0)
            return 1;
        if (EulerAtEnd && index == run.StepCount - 1)
            return 1;

        // Over sigmas, k-diffusion lowers only the order of the step to the clean image.
        var lowers = LowerOrderAtEnd && (run.Plan.Schedule is not null || run.Plan.Steps[^1].To.Sigma > 0);
        var reachable = Math.Min(run.PastCount, 2) + 1;
        return lowers ? Math.Min(reachable, LastSteps.LargestOrder(run, index)) : reachable;
    }

    private static double Width(SamplingRun run, int index) => run.Plan.Steps[index].To.Lambda - run.Plan.Steps[index].From.Lambda;
}
