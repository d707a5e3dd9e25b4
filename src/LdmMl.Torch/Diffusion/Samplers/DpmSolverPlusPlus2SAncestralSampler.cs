using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DPM-Solver++(2S) (Lu et al. 2022b, algorithm 1) with ancestral noise (k-diffusion <c>dpmpp_2s_ancestral</c>): calls the network at each step's
/// start and at its middle in lambda. Noise is drawn, unless eta is 0, in every step that does not end at the clean image.
/// </summary>
public sealed record DpmSolverPlusPlus2SAncestralSampler : Sampler
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
        var start = run.Denoise(state, from).Start;
        var (down, up) = AncestralNoise.Split(from.Sigma, to.Sigma, Eta);
        var target = NoiseLevel.OfSigma(down);
        if (down == 0)
            return WithNoise(run, new ExponentialStep(new SamplingStep(from, target), eta: 0).Move(state, start), to, up);

        var middle = NoiseLevel.OfSigma(Math.Sqrt(from.Sigma * down));
        var halfway = new ExponentialStep(new SamplingStep(from, middle), eta: 0).Move(state, start);
        var better = run.Denoise(halfway, middle).Start;
        return WithNoise(run, new ExponentialStep(new SamplingStep(from, target), eta: 0).Move(state, better), to, up);
    }

    private Tensor WithNoise(SamplingRun run, Tensor state, NoiseLevel to, double up) =>
        to.Sigma == 0 || Eta == 0 ? state : state.Plus(run.Draw(state) * Real(up * NoiseScale));
}
