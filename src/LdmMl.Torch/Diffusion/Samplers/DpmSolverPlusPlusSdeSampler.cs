using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DPM-Solver++ with fresh noise at the middle and at the end of each step (k-diffusion <c>dpmpp_sde</c>); two network calls per step. Noise is drawn
/// twice, unless eta is 0, in every step that does not end at the clean image.
/// </summary>
public sealed record DpmSolverPlusPlusSdeSampler : Sampler
{
    /// <summary>Gets the fresh share of the noise (<c>eta</c>), 0 to 1.</summary>
    /// <value>Default: 1.</value>
    public double Eta { get; init; } = 1;

    /// <summary>Gets the factor of fresh noise (<c>s_noise</c>), at least 0.</summary>
    /// <value>Default: 1.</value>
    [KnownAs("s_noise")]
    public double NoiseScale { get; init; } = 1;

    /// <summary>Gets where the second network call lies between a step's ends, in lambda (<c>r</c>), above 0 and at most 1.</summary>
    /// <value>Default: 0.5.</value>
    [KnownAs("r")]
    public double Middle { get; init; } = 0.5;

    /// <inheritdoc/>
    public override SamplerNeeds Needs => SamplerNeeds.Sigmas;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Within(Eta, 0, 1);
        Check.AtLeast(NoiseScale, 0);
        Check.That(Middle is > 0 and <= 1, Middle, "it must be above 0 and at most 1");
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var start = run.Denoise(state, from).Start;
        if (to.Sigma == 0)
            return start.alias();

        var middle = NoiseLevel.OfSigma(Math.Pow(from.Sigma, 1 - Middle) * Math.Pow(to.Sigma, Middle));
        var halfway = Move(run, state, start, new SamplingStep(from, middle));
        var share = 1 / (2 * Middle);
        var better = run.Denoise(halfway, middle).Start;
        return Move(run, state, (start * Real(1 - share)).Plus(better * Real(share)), new SamplingStep(from, to));
    }

    private Tensor Move(SamplingRun run, Tensor state, Tensor start, SamplingStep step)
    {
        var (down, up) = AncestralNoise.Split(step.From.Sigma, step.To.Sigma, Eta);
        var moved = new ExponentialStep(new SamplingStep(step.From, NoiseLevel.OfSigma(down)), eta: 0).Move(state, start);
        return Eta == 0 ? moved : moved.Plus(run.Draw(state) * Real(up * NoiseScale));
    }
}
