using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Pseudo linear multi-step (Liu et al. 2022, eq. 9 to 12, as in the reference): DDIM steps along an Adams-Bashforth mean of up to four epsilons.
/// Draws no noise. The first step calls the network twice.
/// </summary>
public sealed record PlmsSampler : Sampler
{
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

        if (run.Plan.ListsCalls && index == 1)
            return Repeated(run, now);
        var isFirst = run.PastCount == 0 && !run.Plan.ListsCalls && !(run.StepCount == 1 && run.Plan.Stride is not null);   // diffusers calls it once for a single step
        var mean = isFirst ? Improved(run, state, now, index) : PredictionMean.AdamsBashforth(run, index, Averaged, now);
        run.Remember(state, denoised);
        if (isFirst)
            (from, to) = Corrected(run, index);
        var (next, start) = PredictionMean.Transfer(state, from, to, Averaged, mean);
        run.Show(start);
        return next;
    }

    // The second call of the list repeats the first step from its start, along the mean of both predictions.
    private Tensor Repeated(SamplingRun run, Tensor now)
    {
        var (from, to) = Corrected(run, index: 0);
        var (began, first) = run.Past(1);
        var mean = PredictionMean.Of(Averaged, first, run.Plan.Steps[0].From).Plus(now) / Real(2);
        var (next, start) = PredictionMean.Transfer(began, from, to, Averaged, mean);
        run.Show(start);
        return next;
    }

    // diffusers repeats the first step from one stride above the second timestep; with linspace and trailing spacing, that is not the first
    // timestep.
    private static SamplingStep Corrected(SamplingRun run, int index)
    {
        if (run.Plan is not { Stride: { } stride, Schedule: { } schedule } || index + 1 >= run.StepCount)
            return run.Plan.Steps[index];
        var second = run.Plan.Steps[index + 1].From;
        return new SamplingStep(NoiseLevel.Of(schedule, Math.Min((int)second.Timestep!.Value + stride, schedule.Steps - 1)), second);
    }

    // Pseudo improved Euler: the mean of the prediction here and of the one at the end of a DDIM step.
    private Tensor Improved(SamplingRun run, Tensor state, Tensor here, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var ahead = run.Plan.Steps[Math.Min(index + 1, run.StepCount - 1)].From;
        var (next, _) = PredictionMean.Transfer(state, from, to, Averaged, here);
        return here.Plus(PredictionMean.Of(Averaged, run.Denoise(next, ahead), ahead)) / Real(2);
    }
}
