using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Pseudo linear multi-step (Liu et al. 2022, eq. 9 to 12, as the reference has it): DDIM steps along an Adams-Bashforth mean of up to four noises.
/// Draws no noise. The first step asks the network twice.
/// </summary>
public sealed record PlmsSampler : Sampler
{
    internal override Tensor Step(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var denoised = run.Denoise(state, from);
        var epsilon = run.PastCount == 0 ? Improved(run, state, denoised, index) : Mean(run, denoised.Epsilon);
        run.Remember(state, denoised);
        var start = Denoised.FromEpsilon(state, from, epsilon).Start;
        run.Show(start);
        return DdimSampler.Move(start, epsilon, to, sigma: 0);
    }

    // Pseudo improved Euler: the mean of the noise here and of the noise where a DDIM step leads.
    private static Tensor Improved(SamplingRun run, Tensor state, Denoised here, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var start = Denoised.FromEpsilon(state, from, here.Epsilon).Start;
        var ahead = run.Plan.Steps[Math.Min(index + 1, run.StepCount - 1)].From;
        var there = run.Denoise(DdimSampler.Move(start, here.Epsilon, to, sigma: 0), ahead);
        return (here.Epsilon + there.Epsilon) / 2;
    }

    // Adams-Bashforth coefficients of second, third and fourth order.
    internal static Tensor Mean(SamplingRun run, Tensor epsilon) => run.PastCount switch
    {
        0 => epsilon,
        1 => ((3 * epsilon) - Past(run, 1)) / 2,
        2 => ((23 * epsilon) - (16 * Past(run, 1)) + (5 * Past(run, 2))) / 12,
        _ => ((55 * epsilon) - (59 * Past(run, 1)) + (37 * Past(run, 2)) - (9 * Past(run, 3))) / 24,
    };

    private static Tensor Past(SamplingRun run, int stepsAgo) => run.Past(stepsAgo).Denoised.Epsilon;
}
