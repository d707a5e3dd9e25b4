using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DPM-Solver++(2M) (Lu et al. 2022b, algorithm 2), and its stochastic form for eta above 0 (k-diffusion <c>dpmpp_2m_sde</c>): second order from
/// the last two x_0, one network call per step. Noise is drawn where eta is above 0, in every step that does not end at the clean image.
/// </summary>
public sealed record DpmSolverPlusPlus2MSampler : Sampler
{
    private const int LargestOrder = 2;

    private static readonly SamplerNeeds Solver = new()
    {
        Grids = [SamplingGrid.Sigmas, SamplingGrid.Timesteps], SolvesInLambda = true,
    };

    /// <summary>Gets how much fresh noise each step adds: 0 none, 1 as much as the reverse process. At least 0.</summary>
    /// <value>Default: 0.</value>
    public double Eta { get; init; }

    /// <summary>Gets the order, 1 or 2; 1 uses only the current x_0.</summary>
    /// <value>Default: 2.</value>
    public int Order { get; init; } = LargestOrder;

    /// <summary>Gets whether, with fewer than 15 steps, the last is of first order; a step to the clean image always is.</summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool LowerOrderAtEnd { get; init; } = true;

    /// <summary>Gets the second-order method.</summary>
    /// <value>Default: <see cref="SecondOrder.Midpoint"/>.</value>
    public SecondOrder Method { get; init; }

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
        Check.Within(Order, 1, LargestOrder);
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
        var start = denoised.Start;
        if (run.PastCount > 0 && OrderAt(run, index) > 1)
        {
            var ratio = (step.From.Lambda - run.Plan.Steps[index - 1].From.Lambda) / exponential.Width;
            var share = ChangeShare(exponential) / ratio;
            start = (start * Real(1 + share)) - (run.Past(1).Denoised.Start * Real(share));
        }

        run.Remember(state, denoised);
        return exponential.WithNoise(run, NoiseScale, exponential.Move(state, start));
    }

    private int OrderAt(SamplingRun run, int index)
    {
        if (run.Plan.Steps[index].To.Sigma == 0 || (EulerAtEnd && index == run.StepCount - 1))
            return 1;
        return LowerOrderAtEnd ? Math.Min(Order, LastSteps.LargestOrder(run, index)) : Order;
    }

    // The weight of the change of x_0 over the last step, in units of x_0's own factor.
    private double ChangeShare(ExponentialStep exponential) => Method switch
    {
        SecondOrder.Midpoint => 0.5,
        SecondOrder.Heun => (1 / (1 - Math.Exp(-(1 + Eta) * exponential.Width))) - (1 / ((1 + Eta) * exponential.Width)),
        _ => throw new InvalidOperationException($"{Method} is not a second-order method."),
    };
}
