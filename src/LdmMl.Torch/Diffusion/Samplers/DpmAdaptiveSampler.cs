using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DPM-Solver-12 and -23 with steps of a width that follows from their error (Lu et al. 2022, appendix C; k-diffusion <c>dpm_adaptive</c>). Every
/// row has steps of its own, so that it does not depend on the batch: for one row these are k-diffusion's, which measures the error of a whole batch
/// at once. A batch takes as many attempts as its slowest row.
/// </summary>
/// <remarks>
/// The number of steps of a plan decides where sampling begins and ends, not how often the network is asked: <see cref="Order"/> times an attempt,
/// and once more where the plan ends at the clean image (k-diffusion ends at the smallest sigma, <see cref="SamplingEnd.FirstStep"/>).
/// <see cref="SamplingProgress.NetworkCalls"/> counts. Where eta is above 0, each step that counts takes the row's next noise; where a known image is
/// kept, each attempt does.
/// </remarks>
public sealed record DpmAdaptiveSampler : ISampler
{
    /// <summary>Gets the order, 2 or 3 (<c>order</c>); the error is the distance to the order below.</summary>
    /// <value>Default: 3.</value>
    public int Order { get; init; } = 3;

    /// <summary>Gets the error that is tolerated, as a share of each value (<c>rtol</c>), at least 0.</summary>
    /// <value>Default: 0.05.</value>
    [KnownAs("rtol")]
    public double RelativeTolerance { get; init; } = 0.05;

    /// <summary>Gets the error that is tolerated anyway (<c>atol</c>), above 0.</summary>
    /// <value>Default: 0.0078, one of 256 steps from -1 to 1.</value>
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

    /// <summary>Gets the factor of the width from which on an attempt counts (<c>accept_safety</c>), 0 to 1: 0 takes every one.</summary>
    /// <value>Default: 0.81.</value>
    public double AcceptSafety { get; init; } = 0.81;

    /// <summary>Gets how much of each step's noise is fresh (<c>eta</c>), 0 to 1.</summary>
    /// <value>Default: 0.</value>
    public double Eta { get; init; }

    /// <summary>Gets what fresh noise is multiplied by (<c>s_noise</c>), at least 0.</summary>
    /// <value>Default: 1.</value>
    [KnownAs("s_noise")]
    public double NoiseScale { get; init; } = 1;

    /// <summary>Gets how often the network may be asked before sampling is given up, above 0.</summary>
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
    /// The network was asked <see cref="CallLimit"/> times and some row is not at its end, or it gave something that is no number.
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

    /// <summary>Describes the sampler: its name, and the options that are not at their usual values.</summary>
    /// <returns>For example <c>DpmAdaptive, Order 2</c>.</returns>
    public override string ToString() => SamplerText.Describe(this);
}
