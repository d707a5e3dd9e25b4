using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Euler's method along dx / dsigma = (x - x_0) / sigma, optionally with churn (Karras et al. 2022, algorithm 2 without its second order).
/// Noise is drawn in every step, even without churn.
/// </summary>
public sealed record EulerSampler : Sampler
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
        if (Churn.Amount == 0)
            run.Draw(state).Dispose();                                 // as in both references, so that inpainting's draws keep their order
        var (churned, from) = Churn.Apply(run, state, index);
        var to = run.Plan.Steps[index].To;
        var slope = Slope.At(run, churned, from);
        return churned.Plus(slope * Real(to.Sigma - from.Sigma));
    }
}
