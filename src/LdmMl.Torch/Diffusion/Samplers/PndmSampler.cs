using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// PNDM (Liu et al. 2022, algorithm 2): three pseudo Runge-Kutta steps of four network calls each, then pseudo linear multi-steps. Draws no noise.
/// Needs a plan over the forward steps of a schedule.
/// </summary>
public sealed record PndmSampler : Sampler
{
    // Fourth order needs the noises of three steps before it.
    private const int RungeKuttaSteps = 3;

    internal override Tensor Step(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var denoised = run.Denoise(state, from);
        var epsilon = HasMiddle(index, from, to) ? RungeKutta(run, state, denoised.Epsilon, index) : PlmsSampler.Mean(run, denoised.Epsilon);
        run.Remember(state, denoised);
        var start = Denoised.FromEpsilon(state, from, epsilon).Start;
        run.Show(start);
        return DdimSampler.Move(start, epsilon, to, sigma: 0);
    }

    private static bool HasMiddle(int index, NoiseLevel from, NoiseLevel to) =>
        index < RungeKuttaSteps && from.Timestep - to.Timestep >= 2;

    // Eq. 13: Runge and Kutta's four slopes with the transfer of eq. 9 in place of the straight line.
    private static Tensor RungeKutta(SamplingRun run, Tensor state, Tensor first, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var schedule = run.Plan.Schedule ?? throw new ArgumentException("PNDM needs a plan over the forward steps of a schedule; this one is over sigmas.");
        var half = ((int)from.Timestep!.Value - (int)to.Timestep!.Value) / 2;
        var middle = NoiseLevel.Of(schedule, (int)to.Timestep.Value + half);
        // The reference counts half a step down from the start here, and up from the end in all else: not the same where the step is odd.
        var nearMiddle = NoiseLevel.Of(schedule, (int)from.Timestep.Value - half);
        var second = run.Denoise(Transfer(state, from, nearMiddle, first), middle).Epsilon;
        var third = run.Denoise(Transfer(state, from, middle, second), middle).Epsilon;
        var fourth = run.Denoise(Transfer(state, from, to, third), to).Epsilon;
        return (first + (2 * second) + (2 * third) + fourth) / 6;
    }

    // Eq. 9, the DDIM step along a given noise.
    private static Tensor Transfer(Tensor state, NoiseLevel from, NoiseLevel to, Tensor epsilon)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(DdimSampler.Move(Denoised.FromEpsilon(state, from, epsilon).Start, epsilon, to, sigma: 0));
    }
}
