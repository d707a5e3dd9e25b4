using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// The midpoint method in the logarithm of sigma with fresh noise (k-diffusion <c>dpm_2_ancestral</c>; diffusers KDPM2 ancestral); two network
/// calls per step. Noise is drawn, unless eta is 0, in every step that does not end at the clean image.
/// </summary>
public sealed record Dpm2AncestralSampler : Sampler
{
    /// <summary>Gets the fresh share of each step's noise (<c>eta</c>), 0 to 1.</summary>
    /// <value>Default: 1.</value>
    public double Eta { get; init; } = 1;

    /// <summary>Gets the factor of fresh noise (<c>s_noise</c>), at least 0.</summary>
    /// <value>Default: 1.</value>
    [KnownAs("s_noise")]
    public double NoiseScale { get; init; } = 1;

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
        Check.Within(Eta, 0, 1);
        Check.AtLeast(NoiseScale, 0);
        Check.That(LargestFactor > 0, LargestFactor, "it must be above 0");
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var slope = Slope.At(run, state, from);
        var (down, up) = AncestralNoise.SplitAsSingle(from.Sigma, to.Sigma, Eta);
        if (down == 0 || Slope.CountsTooMuch(from, down, LargestFactor))
            return WithNoise(run, state.Plus(slope * Real(down - from.Sigma)), to, up);

        var middle = NoiseLevel.OfSigma(Math.Sqrt(from.Sigma * down));
        var halfway = run.BetweenCalls(state.Plus(slope * Real(middle.Sigma - from.Sigma)), index);
        return WithNoise(run, state.Plus(Slope.At(run, halfway, middle) * Real(down - from.Sigma)), to, up);
    }

    private Tensor WithNoise(SamplingRun run, Tensor state, NoiseLevel to, double up) =>
        to.Sigma == 0 || Eta == 0 ? state : state.Plus(run.Draw(state) * Real(up * NoiseScale));
}
