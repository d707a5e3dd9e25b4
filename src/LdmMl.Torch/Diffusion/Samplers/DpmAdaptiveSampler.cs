using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DPM-Solver-12 and -23 with adaptive step size (Lu et al. 2022, appendix C; k-diffusion <c>dpm_adaptive</c>). Every row has its own step
/// size, so that it does not depend on the batch; a single row takes the same steps as in k-diffusion, which measures the error of the whole
/// batch. A batch needs as many attempts as its slowest row.
/// </summary>
/// <remarks>
/// The number of steps of a plan determines where sampling begins and ends, but not how often the network is called: <see cref="Order"/> times per
/// attempt, and once more if the plan ends at the clean image (k-diffusion ends at the smallest sigma, <see cref="SamplingEnd.FirstStep"/>).
/// <see cref="SamplingProgress.NetworkCalls"/> counts the calls. If eta is above 0, each accepted step draws noise for its row; if part of a
/// known image is kept, each attempt does.
/// </remarks>
public sealed record DpmAdaptiveSampler : ISampler
{
    /// <summary>Gets the order, 2 or 3 (<c>order</c>); the error is the difference from the result of the order below.</summary>
    /// <value>Default: 3.</value>
    public int Order { get; init; } = 3;

    /// <summary>Gets the relative error tolerance (<c>rtol</c>), at least 0.</summary>
    /// <value>Default: 0.05.</value>
    [KnownAs("rtol")]
    public double RelativeTolerance { get; init; } = 0.05;

    /// <summary>Gets the absolute error tolerance (<c>atol</c>), above 0.</summary>
    /// <value>Default: 0.0078: -1 to 1 in 256 steps.</value>
    [KnownAs("atol")]
    public double AbsoluteTolerance { get; init; } = 0.0078;

    /// <summary>Gets the width of the first step in ln sigma (<c>h_init</c>), above 0.</summary>
    /// <value>Default: 0.05.</value>
    [KnownAs("h_init")]
    public double FirstWidth { get; init; } = 0.05;

    /// <summary>Gets the controller's proportional coefficient (<c>pcoeff</c>), at least 0.</summary>
    /// <value>Default: 0.</value>
    [KnownAs("pcoeff")]
    public double Proportional { get; init; }

    /// <summary>Gets the controller's integral coefficient (<c>icoeff</c>), at least 0.</summary>
    /// <value>Default: 1.</value>
    [KnownAs("icoeff")]
    public double Integral { get; init; } = 1;

    /// <summary>Gets the controller's derivative coefficient (<c>dcoeff</c>), at least 0.</summary>
    /// <value>Default: 0.</value>
    [KnownAs("dcoeff")]
    public double Derivative { get; init; }

    /// <summary>Gets the smallest step-size factor at which an attempt is accepted (<c>accept_safety</c>), 0 to 1: 0 accepts every attempt.</summary>
    /// <value>Default: 0.81.</value>
    public double AcceptSafety { get; init; } = 0.81;

    /// <summary>Gets the fresh share of each step's noise (<c>eta</c>), 0 to 1.</summary>
    /// <value>Default: 0.</value>
    public double Eta { get; init; }

    /// <summary>Gets the factor of fresh noise (<c>s_noise</c>), at least 0.</summary>
    /// <value>Default: 1.</value>
    [KnownAs("s_noise")]
    public double NoiseScale { get; init; } = 1;

    /// <summary>Gets the largest number of network calls before sampling fails, above 0.</summary>
    /// <value>Default: 1000.</value>
    public int CallLimit { get; init; } = 1000;

    /// <inheritdoc/>
    public SamplerNeeds Needs => SamplerNeeds.Sigmas;

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Within(Order, 2, 3);
        Check.AtLeast(RelativeTolerance, 0);
        Check.Above(AbsoluteTolerance, 0);
        Check.Above(FirstWidth, 0);
        Check.AtLeast(Proportional, 0);
        Check.AtLeast(Integral, 0);
        Check.AtLeast(Derivative, 0);
        Check.Within(AcceptSafety, 0, 1);
        Check.Within(Eta, 0, 1);
        Check.AtLeast(NoiseScale, 0);
        Check.AtLeast(CallLimit, 1);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">
    /// The network was called <see cref="CallLimit"/> times and some row has not reached the end, or the network's output is not finite.
    /// </exception>
    public Tensor Sample(IDenoiser denoiser, Tensor state, SamplingPlan plan, SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        Validate();
        using var scope = NewDisposeScope();
        using var run = new SamplingRun(denoiser, plan, options);
        using var rows = new AdaptiveRows(this, run, state);
        while (!rows.AreDone)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            rows.Attempt();
            Report(Math.Max((int)(rows.Progress * rows.StepCount), 1), rows.State);
        }

        if (!rows.EndsClean)
            return scope.MoveToOuter(rows.State.alias());
        options.CancellationToken.ThrowIfCancellationRequested();
        var clean = run.Denoise(rows.State, plan.Steps[^1].From).Start.alias();
        Report(run.StepCount, clean);
        return scope.MoveToOuter(clean);

        void Report(int step, Tensor reached) => options.Progress?.Report(
            new SamplingProgress(step, run.StepCount, reached, run.Preview) { NetworkCalls = run.NetworkCalls });
    }

    /// <summary>Describes the sampler: its name, and the options that are not at their defaults.</summary>
    /// <returns>For example <c>DpmAdaptive, Order 2</c>.</returns>
    public override string ToString() => SamplerText.Describe(this);
}
