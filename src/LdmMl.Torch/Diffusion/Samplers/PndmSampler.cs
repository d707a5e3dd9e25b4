using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// PNDM (Liu et al. 2022, algorithm 2): three pseudo Runge-Kutta steps of four network calls each, then pseudo linear multi-steps. Draws no noise.
/// Needs a plan over the forward steps of a schedule.
/// </summary>
public sealed record PndmSampler : Sampler
{
    // Fourth order needs the predictions of the three preceding steps.
    private const int RungeKuttaSteps = 3;

    /// <summary>Gets which prediction is averaged; diffusers averages v if the network predicts v.</summary>
    /// <value>Default: <see cref="Prediction.Epsilon"/>.</value>
    public Prediction Averaged { get; init; }

    /// <summary>
    /// Gets the largest weight that a mean of epsilons may have in a step, above 0. Steps in which it would be larger, such as the first one of a
    /// cosine schedule, use only the network's epsilon, because that weight would multiply the mean's error.
    /// </summary>
    /// <value>Default: 50. diffusers' schedulers have no such limit.</value>
    public double LargestFactor { get; init; } = PredictionMean.UsualLargestFactor;

    /// <inheritdoc/>
    public override SamplerNeeds Needs =>
        SamplerNeeds.Timesteps with { LimitsEpsilon = true, NeedsSignal = Averaged == Prediction.Epsilon };

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Defined(Averaged);
        Check.That(LargestFactor > 0, LargestFactor, "it must be above 0");
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var denoised = run.Denoise(state, from);
        var now = PredictionMean.Of(Averaged, denoised, from);
        if (PredictionMean.CountsTooMuch(Averaged, from, to, LargestFactor))
        {
            run.Remember(state, denoised);
            return PredictionMean.Transfer(state, from, to, Averaged, now).Next;
        }

        if (index < RungeKuttaSteps && Middle(run.Plan, index) is { } middle)
        {
            to = middle.End;
            now = RungeKutta(run, state, now, from, middle);
        }
        else
        {
            now = PredictionMean.AdamsBashforth(run, index, Averaged, now);
        }

        run.Remember(state, denoised);
        var (next, start) = PredictionMean.Transfer(state, from, to, Averaged, now);
        run.Show(start);
        return next;
    }

    // Eq. 13: the four Runge-Kutta slopes, with the transfer of eq. 9 in place of a straight line.
    private Tensor RungeKutta(SamplingRun run, Tensor state, Tensor first, NoiseLevel from, RungeKuttaLevels levels)
    {
        var second = At(levels.NearMiddle, levels.Middle, first);
        var third = At(levels.Middle, levels.Middle, second);
        var fourth = At(levels.End, levels.End, third);
        return first.Plus(Real(2) * second).Plus(Real(2) * third).Plus(fourth) / Real(6);

        Tensor At(NoiseLevel reached, NoiseLevel asked, Tensor slope)
        {
            var (there, _) = PredictionMean.Transfer(state, from, reached, Averaged, slope);
            return PredictionMean.Of(Averaged, run.Denoise(there, asked), asked);
        }
    }

    // Null if there is no forward step between the two ends, or the end is the clean image, for which the network cannot be called.
    private static RungeKuttaLevels? Middle(SamplingPlan plan, int index)
    {
        var schedule = plan.Schedule
            ?? throw new ArgumentException("PNDM needs a plan over the forward steps of a schedule; this one is over sigmas.");
        var from = plan.Steps[index].From;
        var to = index + 1 < plan.Steps.Length ? plan.Steps[index + 1].From : plan.Steps[index].To;
        // With as many steps as the schedule has, diffusers calls the network at the end of each step instead of its midpoint.
        if (!(from.Timestep - to.Timestep >= (plan.Stride is null ? 2 : 1)))
            return null;

        var half = (plan.Stride ?? ((int)from.Timestep!.Value - (int)to.Timestep!.Value)) / 2;
        // With few steps, the last can be shorter than half a stride.
        if ((int)from.Timestep!.Value < half || (int)to.Timestep!.Value + half >= schedule.Steps)
            return null;

        // The reference counts half a step up from the end, but half a step down from the start for the first transfer; odd steps make the
        // difference.
        return new RungeKuttaLevels(
            NoiseLevel.Of(schedule, (int)from.Timestep!.Value - half), NoiseLevel.Of(schedule, (int)to.Timestep!.Value + half), to);
    }

    private sealed record RungeKuttaLevels(NoiseLevel NearMiddle, NoiseLevel Middle, NoiseLevel End);
}
