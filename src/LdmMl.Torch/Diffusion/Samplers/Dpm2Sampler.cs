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

    /// <inheritdoc/>
    public override SamplerNeeds Needs => SamplerNeeds.Sigmas;

    /// <inheritdoc/>
    public override void Validate() => Churn.Validate();

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (churned, from) = Churn.Apply(run, state, index);
        var to = run.Plan.Steps[index].To;
        var slope = Slope.At(run, churned, from);
        if (to.Sigma == 0)
            return churned.Plus(slope * Real(-from.Sigma));

        var middle = NoiseLevel.OfSigma(Math.Sqrt(from.Sigma * to.Sigma));
        var halfway = churned.Plus(slope * Real(middle.Sigma - from.Sigma));
        return churned.Plus(Slope.At(run, halfway, middle) * Real(to.Sigma - from.Sigma));
    }
}
