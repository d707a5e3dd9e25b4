using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Latent consistency models (Luo et al. 2023, algorithm 3; <c>LCMScheduler</c>): a network distilled for this sampler predicts the clean latent
/// directly; each further step adds noise and calls it again. For one to eight steps. Draws noise in every step except the last.
/// </summary>
public sealed record LcmSampler : Sampler
{
    // The standard deviation of the data (sigma_data), as assumed by the reference.
    private const double DataDeviation = 0.5;

    /// <summary>Gets the number of steps of the teacher, from which this sampler's steps are chosen (<c>original_inference_steps</c>).</summary>
    /// <value>Default: 50.</value>
    public int OriginalSteps { get; init; } = 50;

    /// <summary>Gets the factor of a timestep in the boundary condition (<c>timestep_scaling</c>), above 0.</summary>
    /// <value>Default: 10.</value>
    public double TimestepScaling { get; init; } = 10;

    /// <summary>
    /// Gets whether the teacher's steps are taken at an integer stride, as in diffusers before 0.24; otherwise they are spread evenly.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool WholeStride { get; init; }

    /// <inheritdoc/>
    public override SamplerNeeds Needs => SamplerNeeds.Timesteps with { End = SamplingEnd.Clean };

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(OriginalSteps, 1);
        Check.Above(TimestepScaling, 0);
    }

    /// <summary>Chooses from the teacher's timesteps, in decreasing order.</summary>
    internal int[] Timesteps(int scheduleSteps, int count)
    {
        Check.That(
            OriginalSteps <= scheduleSteps && count <= OriginalSteps, count,
            $"it must be at most {nameof(OriginalSteps)}, {OriginalSteps}, which must be at most the schedule's {scheduleSteps}", nameof(SamplingSettings.Steps));
        var (stride, skipped) = (scheduleSteps / OriginalSteps, OriginalSteps / count);
        return [.. Enumerable.Range(0, count).Select(step =>
        {
            var index = WholeStride ? step * skipped : (int)((long)step * OriginalSteps / count);
            return ((OriginalSteps - index) * stride) - 1;
        })];
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var denoised = run.Denoise(state, from);
        var time = from.Timestep!.Value * TimestepScaling;
        var sum = (time * time) + (DataDeviation * DataDeviation);
        var clean = (denoised.Start * Real(time / Math.Sqrt(sum))).Plus(state * Real(DataDeviation * DataDeviation / sum));
        run.Show(clean);
        return index == run.StepCount - 1 ? clean : (clean * Real(to.Alpha)).Plus(run.Draw(state) * Real(to.Sigma));
    }
}
