using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Pseudo linear multi-step (Liu et al. 2022, eq. 9 to 12, as the reference has it): DDIM steps along an Adams-Bashforth mean of up to four noises.
/// Draws no noise. The first step asks the network twice.
/// </summary>
public sealed record PlmsSampler : Sampler
{
    /// <summary>Gets which prediction is averaged; diffusers averages v where the network predicts v.</summary>
    /// <value>Default: <see cref="Prediction.Epsilon"/>.</value>
    public Prediction Averaged { get; init; }

    /// <inheritdoc/>
    public override SamplerNeeds Needs =>
        SamplerNeeds.Timesteps with { LimitsEpsilon = true, NeedsSignal = Averaged == Prediction.Epsilon };

    /// <inheritdoc/>
    public override void Validate() => Check.Defined(Averaged);

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var denoised = run.Denoise(state, from);
        var now = PredictionMean.Of(Averaged, denoised, from);
        var mean = run.PastCount == 0 ? Improved(run, state, now, index) : PredictionMean.AdamsBashforth(run, index, Averaged, now);
        run.Remember(state, denoised);
        var (next, start) = PredictionMean.Transfer(state, from, to, Averaged, mean);
        run.Show(start);
        return next;
    }

    // Pseudo improved Euler: the mean of the prediction here and of the one where a DDIM step leads.
    private Tensor Improved(SamplingRun run, Tensor state, Tensor here, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var ahead = run.Plan.Steps[Math.Min(index + 1, run.StepCount - 1)].From;
        var (next, _) = PredictionMean.Transfer(state, from, to, Averaged, here);
        return here.Plus(PredictionMean.Of(Averaged, run.Denoise(next, ahead), ahead)) / Real(2);
    }
}
