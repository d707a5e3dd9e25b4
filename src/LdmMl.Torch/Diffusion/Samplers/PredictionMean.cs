using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>Means of a network's predictions at several states: of epsilons, or of another prediction type (Liu et al. 2022, eq. 9 to 13).</summary>
internal static class PredictionMean
{
    /// <summary>The default limit for <see cref="CountsTooMuch"/>.</summary>
    public const double UsualLargestFactor = 50;

    /// <summary>
    /// Determines whether the weight of epsilon exceeds a limit: x' = alpha' x / alpha + (sigma' - alpha' sigma / alpha) epsilon.
    /// </summary>
    public static bool CountsTooMuch(Prediction averaged, NoiseLevel from, NoiseLevel to, double largest) =>
        averaged == Prediction.Epsilon && Math.Abs(to.Sigma - (to.Alpha * from.Ratio)) > largest;

    /// <summary>The prediction to average, at one state.</summary>
    public static Tensor Of(Prediction averaged, Denoised denoised, NoiseLevel level) => averaged switch
    {
        Prediction.Epsilon => denoised.Epsilon,
        Prediction.Start => denoised.Start,
        Prediction.Velocity => (denoised.Epsilon * Real(level.Alpha)) - (denoised.Start * Real(level.Sigma)),
        _ => throw new InvalidOperationException($"{averaged} is not a prediction type of this library."),
    };

    /// <summary>The Adams-Bashforth mean, up to fourth order, of this step's prediction and those of the preceding steps.</summary>
    public static Tensor AdamsBashforth(SamplingRun run, int index, Prediction averaged, Tensor now)
    {
        return run.PastCount switch
        {
            0 => now,
            1 => ((Real(3) * now) - Past(1)) / Real(2),
            2 => ((Real(23) * now) - (Real(16) * Past(1))).Plus(Real(5) * Past(2)) / Real(12),
            _ => (((Real(55) * now) - (Real(59) * Past(1))).Plus(Real(37) * Past(2)) - (Real(9) * Past(3))) / Real(24),
        };

        Tensor Past(int stepsAgo) => Of(averaged, run.Past(stepsAgo).Denoised, run.Plan.Steps[Remembered(index - stepsAgo)].From);

        // Of the first two calls of a list, only the first is remembered.
        int Remembered(int step) => run.Plan.ListsCalls && step == 1 ? 0 : step;
    }

    /// <summary>The DDIM step along a mean (eq. 9), and the x_0 that the mean implies at a state.</summary>
    public static (Tensor Next, Tensor Start) Transfer(Tensor state, NoiseLevel from, NoiseLevel to, Prediction averaged, Tensor mean)
    {
        var split = averaged switch
        {
            Prediction.Epsilon => Denoised.FromEpsilon(state, from, mean),
            Prediction.Start => Denoised.FromStart(state, from, mean),
            _ => new Denoised((state * Real(from.Alpha)) - (mean * Real(from.Sigma)), (mean * Real(from.Alpha)).Plus(state * Real(from.Sigma))),
        };
        return (DdimSampler.Move(split.Start, split.Epsilon, to, sigma: 0), split.Start);
    }
}
