using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Heun's second-order method with optional churn (Karras et al. 2022, algorithm 2). With churn, noise is drawn in every step; two
/// network calls per step.
/// </summary>
public sealed record HeunSampler : Sampler
{
    /// <summary>Gets the noise added before each step.</summary>
    /// <value>Default: <see cref="Churn.None"/>.</value>
    public Churn Churn { get; init; } = Churn.None;

    /// <summary>
    /// Gets the largest factor by which sigma may fall in a second-order step, above 1. A step that falls further, such as the first one of a
    /// cosine schedule, is taken by Euler's method, because the second slope would multiply the network's error by half of that factor.
    /// </summary>
    /// <value>Default: 50. diffusers' schedulers have no such limit.</value>
    public double LargestFall { get; init; } = 50;

    /// <inheritdoc/>
    public override SamplerNeeds Needs => SamplerNeeds.Sigmas;

    /// <inheritdoc/>
    public override void Validate()
    {
        Churn.Validate();
        Check.That(LargestFall > 1, LargestFall, "it must be above 1");
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (churned, from) = Churn.Apply(run, state, index);
        var to = run.Plan.Steps[index].To;
        var width = to.Sigma - from.Sigma;
        var slope = Slope.At(run, churned, from);
        var euler = churned.Plus(slope * Real(width));
        if (to.Sigma == 0 || from.Sigma > LargestFall * to.Sigma)
            return euler;
        var corrected = slope.Plus(Slope.At(run, run.BetweenCalls(euler, index), to));
        return churned.Plus(corrected * Real(width / 2));
    }
}
