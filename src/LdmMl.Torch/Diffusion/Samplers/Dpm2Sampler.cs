using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// The midpoint method with the midpoint in the logarithm of sigma (DPM-Solver-2; Lu et al. 2022, algorithm 1, as in k-diffusion's <c>dpm_2</c>),
/// with optional churn. With churn, noise is drawn in every step; two network calls per step.
/// </summary>
public sealed record Dpm2Sampler : Sampler
{
    /// <summary>Gets the noise added before each step.</summary>
    /// <value>Default: <see cref="Churn.None"/>.</value>
    public Churn Churn { get; init; } = Churn.None;

    /// <summary>
    /// Gets the largest weight that the slope at the midpoint may have in a step, above 0: the step's width divided by the standard deviation of the
    /// next state. Steps in which it would be larger, such as the first one of a cosine schedule, are taken by Euler's method.
    /// </summary>
    /// <value>Default: 50. diffusers' schedulers have no such limit.</value>
    public double LargestFactor { get; init; } = PredictionMean.UsualLargestFactor;

    /// <inheritdoc/>
    public override SamplerNeeds Needs => SamplerNeeds.Sigmas;

    /// <inheritdoc/>
    public override void Validate()
    {
        Churn.Validate();
        Check.That(LargestFactor > 0, LargestFactor, "it must be above 0");
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (churned, from) = Churn.Apply(run, state, index);
        var to = run.Plan.Steps[index].To;
        var slope = Slope.At(run, churned, from);
        if (to.Sigma == 0 || Slope.CountsTooMuch(from, to.Sigma, LargestFactor))
            return churned.Plus(slope * Real(to.Sigma - from.Sigma));

        var middle = NoiseLevel.OfSigma(Math.Sqrt(from.Sigma * to.Sigma));
        var halfway = run.BetweenCalls(churned.Plus(slope * Real(middle.Sigma - from.Sigma)), index);
        return churned.Plus(Slope.At(run, halfway, middle) * Real(to.Sigma - from.Sigma));
    }
}
