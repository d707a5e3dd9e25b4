using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Euler steps with fresh noise (k-diffusion <c>euler_ancestral</c>). Noise is drawn, unless eta is 0, in every step that does not end at the clean
/// image.
/// </summary>
public sealed record EulerAncestralSampler : Sampler
{
    /// <summary>Gets the fresh share of each step's noise (<c>eta</c>), 0 to 1.</summary>
    /// <value>Default: 1.</value>
    public double Eta { get; init; } = 1;

    /// <summary>Gets the factor of fresh noise (<c>s_noise</c>), at least 0; slightly above 1 compensates for lost detail.</summary>
    /// <value>Default: 1.</value>
    [KnownAs("s_noise")]
    public double NoiseScale { get; init; } = 1;

    /// <inheritdoc/>
    public override SamplerNeeds Needs => SamplerNeeds.Sigmas;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Within(Eta, 0, 1);
        Check.AtLeast(NoiseScale, 0);
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var (down, up) = AncestralNoise.Split(from.Sigma, to.Sigma, Eta);
        var next = state.Plus(Slope.At(run, state, from) * Real(down - from.Sigma));
        return to.Sigma == 0 || Eta == 0 ? next : next.Plus(run.Draw(state) * Real(up * NoiseScale));
    }
}
