using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DPM-Solver-fast (Lu et al. 2022, section 3.4; k-diffusion <c>dpm_fast</c>): a given number of network calls, spread over third-order steps
/// of equal width in ln sigma, with a lower order at the end. If the plan ends at the clean image, the last call leads there; k-diffusion
/// ends at the smallest sigma (<see cref="SamplingEnd.FirstStep"/>). If eta is above 0, noise is drawn in every step of the solver.
/// </summary>
public sealed record DpmFastSampler : Sampler
{
    private const int LargestOrder = 3;

    /// <summary>Gets the fresh share of each step's noise (<c>eta</c>), 0 to 1.</summary>
    /// <value>Default: 0.</value>
    public double Eta { get; init; }

    /// <summary>Gets the factor of fresh noise (<c>s_noise</c>), at least 0.</summary>
    /// <value>Default: 1.</value>
    [KnownAs("s_noise")]
    public double NoiseScale { get; init; } = 1;

    /// <inheritdoc/>
    public override SamplerNeeds Needs => SamplerNeeds.Sigmas;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Within(Eta, 0, 1);
        Check.AtLeast(NoiseScale, 0);
    }

    /// <inheritdoc/>
    private protected override SamplingPlan Arrange(SamplingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var range = new SolverRange(plan);
        if (range.Calls == 0)
            return plan;
        var count = (range.Calls / LargestOrder) + 1;
        var times = Enumerable.Range(0, count + 1).Select(i => i == count ? range.End : range.Start + (i * ((range.End - range.Start) / count)));
        double[] sigmas = [.. times.Select(time => Math.Exp(-time))];
        return SamplingPlan.FromSigmas(range.EndsClean ? [.. sigmas, 0] : sigmas);
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        if (to.Sigma == 0)
            return run.Denoise(state, from).Start.alias();
        var (start, end) = (-Math.Log(from.Sigma), -Math.Log(to.Sigma));
        var (down, up) = new SolverRange(run.Plan).Split(start, end, Eta);
        var rows = (int)state.shape[0];
        var moved = new SolverStep(run, state, Rows(start), Rows(down)).Take(OrderAt(run, index));
        return Eta == 0 ? moved : moved.Plus(run.Draw(state) * Real(up * NoiseScale));

        double[] Rows(double time) => [.. Enumerable.Repeat(time, rows)];
    }

    // Third order except for the remaining calls; if the number of calls is a multiple of three, the last three are spread over two steps.
    private static int OrderAt(SamplingRun run, int index)
    {
        var calls = new SolverRange(run.Given).Calls;
        var (stepsLeft, rest) = ((calls / LargestOrder) + 1 - index, calls % LargestOrder);
        return (stepsLeft, rest) switch
        {
            (1, 0) => 1,
            (2, 0) => 2,
            (1, _) => rest,
            _ => LargestOrder,
        };
    }
}
