using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Ancestral sampling (Ho et al. 2020, algorithm 2): every step samples the posterior q(x' | x, x_0) at the network's x_0.
/// Noise is drawn in every step that does not end at the clean image. A known image is blended in after the step, at the level before it, as in the
/// reference; noise is then drawn in the last step too, so that the draws keep the reference's order.
/// </summary>
public sealed record DdpmSampler : Sampler
{
    /// <summary>
    /// Gets the interpolation of a step's variance (<c>variance_type</c>): from the posterior's (0, <c>fixed_small</c>) to beta (1,
    /// <c>fixed_large</c>).
    /// </summary>
    /// <value>Default: 0.</value>
    public double BetaShare { get; init; }

    /// <summary>Gets the factor of fresh noise, at least 0.</summary>
    /// <value>Default: 1.</value>
    public double Temperature { get; init; } = 1;

    /// <summary>
    /// Gets whether a last step that starts above forward step 0 adds noise to the clean image, as diffusers does with
    /// <c>variance_type</c> <c>fixed_large</c>; has no effect if <see cref="BetaShare"/> is 0.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool NoiseAtEnd { get; init; }

    /// <inheritdoc/>
    public override SamplerNeeds Needs => SamplerNeeds.Timesteps with { End = SamplingEnd.Clean };

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Within(BetaShare, 0, 1);
        Check.AtLeast(Temperature, 0);
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var start = run.Denoise(state, from).Start;
        double alphaBar = from.AlphaBar, next = to.AlphaBar;
        var beta = 1 - (alphaBar / next);                        // combined, of all forward steps between the two levels
        var mean = (start * Real(Math.Sqrt(next) * beta / (1 - alphaBar))).Plus(state * Real(Math.Sqrt(1 - beta) * (1 - next) / (1 - alphaBar)));
        var addsNoise = to.Sigma > 0 || (NoiseAtEnd && from.Timestep != 0);
        if (!addsNoise && !run.Inpaints)
            return mean;
        var variance = ((1 - BetaShare) * beta * (1 - next) / (1 - alphaBar)) + (BetaShare * beta);
        return mean.Plus(run.Draw(state) * Real(Math.Sqrt(variance) * Temperature));
    }

    private protected override Tensor Advance(SamplingRun run, Tensor state, int index)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(run.Blend(TakeStep(run, state, index), index));
    }
}
