using System.Collections.Immutable;
using LdmMl.Torch.Diffusion;

namespace LdmMl.Torch.Losses;

/// <summary>The weights of the timesteps in the loss.</summary>
internal static class DiffusionLossWeights
{
    /// <summary>The weights of the variational bound (Ho et al. 2020, eq. 12), as the reference registers them.</summary>
    public static ImmutableArray<double> Variational(NoiseSchedule schedule, Prediction prediction)
    {
        var weights = Enumerable.Range(0, schedule.Steps).Select(step => prediction switch
        {
            Prediction.Epsilon => OfEpsilon(schedule, step),
            Prediction.Start => OfStart(schedule.AlphaBar[step]),
            _ => 1.0,   // the reference has no separate bound for v
        }).ToArray();
        if (weights.Length > 1)
            weights[0] = weights[1];   // the posterior's variance at step 0 is 0
        return [.. weights];
    }

    /// <summary>The weights min(SNR, gamma) for x_0, and the equivalent ones for epsilon and v (Hang et al. 2023, section 3.4).</summary>
    public static ImmutableArray<double> MinimumSnr(NoiseSchedule schedule, Prediction prediction, double gamma) =>
        [.. Enumerable.Range(0, schedule.Steps).Select(schedule.SignalToNoise).Select(snr => Math.Min(snr, gamma) / (prediction switch
        {
            Prediction.Epsilon => Math.Max(snr, double.Epsilon),
            Prediction.Velocity => snr + 1,
            _ => 1,
        }))];

    private static double OfEpsilon(NoiseSchedule schedule, int step)
    {
        // The reference computes this from float32 buffers, in which 1 - alphaBar of the first steps has few digits left.
        float beta = (float)schedule.Betas[step], alphaBar = (float)schedule.AlphaBar[step];
        return beta * beta / (2 * (float)schedule.PosteriorVariance[step] * (float)(1 - schedule.Betas[step]) * (1 - alphaBar));
    }

    // 2 - alphaBar, not 2 (1 - alphaBar): as in the reference, with which models were trained.
    private static double OfStart(double alphaBar) => 0.5 * Math.Sqrt(alphaBar) / (2 - alphaBar);
}
