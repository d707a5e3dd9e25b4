using LdmMl.Torch.Checkpoints.Diffusers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>The noise schedule in diffusers' names.</summary>
internal static class SchedulerBetas
{
    private const double CosineOffset = 8e-3;
    private const double LargestBeta = 0.999;

    public static NoiseScheduleConfig Read(DiffusersSchedulerConfig config) => Curve(config) with
    {
        ZeroTerminalSnr = config.RescaleBetasZeroSnr ?? false,
        Precision = TablePrecision.AsDiffusers,
    };

    private static NoiseScheduleConfig Curve(DiffusersSchedulerConfig config)
    {
        // Two classes have defaults of their own.
        var large = config.ClassName is SchedulerClass.Heun or SchedulerClass.Dpm2;
        var (first, last) = (config.BetaStart ?? (large ? 0.00085 : 1e-4), config.BetaEnd ?? (large ? 0.012 : 0.02));
        var steps = config.NumTrainTimesteps ?? 1000;
        if (config.TrainedBetas is { } betas)
            return Given(betas);

        var ramp = new NoiseScheduleConfig { Steps = steps, FirstBeta = first, LastBeta = last };
        return (config.BetaSchedule ?? "linear") switch
        {
            "linear" => ramp with { Curve = BetaCurve.Linear },
            "scaled_linear" => ramp with { Curve = BetaCurve.ScaledLinear },
            "squaredcos_cap_v2" => new() { Steps = steps, Curve = BetaCurve.Cosine, CosineOffset = CosineOffset },
            "exp" => Given(Exponential(steps)),
            "sigmoid" => Given(Sigmoid(steps, first, last)),
            var other => throw new InvalidDataException(
                $"its 'beta_schedule' is '{other}'; supported are linear, scaled_linear, squaredcos_cap_v2, exp and sigmoid."),
        };
    }

    public static DiffusersSchedulerConfig Write(DiffusersSchedulerConfig config, NoiseScheduleConfig schedule)
    {
        // Only DDIM can be told to rescale by every version.
        var zero = schedule.ZeroTerminalSnr && config.ClassName == SchedulerClass.Ddim;
        var curve = schedule.ZeroTerminalSnr && !zero ? null : schedule.Curve switch
        {
            BetaCurve.Linear => "linear",
            BetaCurve.ScaledLinear => "scaled_linear",
            BetaCurve.Cosine when schedule.CosineOffset == CosineOffset => "squaredcos_cap_v2",
            _ => null,
        };
        var isCosine = schedule.Curve == BetaCurve.Cosine;
        return config with
        {
            NumTrainTimesteps = schedule.Steps,
            BetaStart = curve is null || isCosine ? null : schedule.FirstBeta,
            BetaEnd = curve is null || isCosine ? null : schedule.LastBeta,
            BetaSchedule = curve,
            TrainedBetas = curve is null ? Betas(schedule with { ZeroTerminalSnr = schedule.ZeroTerminalSnr && !zero }) : null,
            RescaleBetasZeroSnr = zero ? true : null,
        };
    }

    private static double[] Betas(NoiseScheduleConfig schedule) => [.. new NoiseSchedule(schedule).Betas];

    private static NoiseScheduleConfig Given(double[] betas) => new() { Steps = betas.Length, Curve = BetaCurve.Given, Betas = betas };

    // alphaBar(t) = e^(-12 t).
    private static double[] Exponential(int steps) =>
        [.. Enumerable.Range(0, steps).Select(_ => Math.Min(1 - Math.Exp(-12.0 / steps), LargestBeta))];

    private static double[] Sigmoid(int steps, double first, double last) =>
        [.. Enumerable.Range(0, steps).Select(step => first + ((last - first) / (1 + Math.Exp(6 - (12.0 * step / Math.Max(steps - 1, 1))))))];
}
