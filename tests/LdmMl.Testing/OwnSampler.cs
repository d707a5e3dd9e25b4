using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using static TorchSharp.torch;

namespace LdmMl.Testing;

/// <summary>A custom sampler, one step at a time: the midpoint method in lambda over x_0 (DPM-Solver++(2S) without noise).</summary>
public sealed record OwnSampler : Sampler
{
    /// <summary>Gets how far into the step the network is called again, above 0 and below 1.</summary>
    public double Middle { get; init; } = 0.5;

    /// <inheritdoc/>
    public override SamplerNeeds Needs => SamplerNeeds.Sigmas;

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var start = run.Denoise(state, from).Start;
        if (to.Sigma == 0)
            return start.alias();
        var middle = NoiseLevel.OfSigma(Math.Pow(from.Sigma, 1 - Middle) * Math.Pow(to.Sigma, Middle));
        var better = run.Denoise(Move(state, start, from, middle), middle).Start;
        return Move(state, better, from, to);
    }

    private static Tensor Move(Tensor state, Tensor start, NoiseLevel from, NoiseLevel to) =>
        (state * Real(to.Sigma / from.Sigma)).Plus(start * Real(1 - (to.Sigma / from.Sigma)));
}
