using System.Text.Json.Nodes;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>The noise schedule in diffusers' names.</summary>
internal static class SchedulerBetas
{
    private const double CosineOffset = 8e-3;
    private const double LargestBeta = 0.999;

    private const string Steps = "num_train_timesteps";
    private const string First = "beta_start";
    private const string Last = "beta_end";
    private const string Schedule = "beta_schedule";
    private const string Trained = "trained_betas";
    private const string Rescale = "rescale_betas_zero_snr";

    /// <summary>Reads the schedule; missing betas have the defaults of the class.</summary>
    /// <exception cref="InvalidDataException">The schedule is not supported.</exception>
    public static NoiseScheduleConfig Read(SchedulerKeys keys, SchedulerFormat? format)
    {
        var rescales = format?.RescalesSince is not null && keys.Flag(Rescale, missing: false);
        return Curve(keys, format?.UsualBetas ?? (1e-4, 0.02)) with
        {
            ZeroTerminalSnr = rescales,
            TerminalAlphaBar = rescales ? format!.TerminalAlphaBar : 0,
            Precision = TablePrecision.AsDiffusers,
        };
    }

    /// <summary>Writes the schedule; curves for which diffusers has no name are written as a list of betas.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="json">The target.</param>
    /// <param name="rescales">Whether the class supports <c>rescale_betas_zero_snr</c>.</param>
    public static void Write(NoiseScheduleConfig schedule, JsonObject json, bool rescales)
    {
        var zero = schedule.ZeroTerminalSnr && rescales;
        var curve = schedule.ZeroTerminalSnr && !zero ? null : schedule.Curve switch
        {
            BetaCurve.Linear => "linear",
            BetaCurve.ScaledLinear => "scaled_linear",
            BetaCurve.Cosine when schedule.CosineOffset == CosineOffset => "squaredcos_cap_v2",
            _ => null,
        };
        json[Steps] = schedule.Steps;
        if (curve is null)
            json[Trained] = ToList(schedule with { ZeroTerminalSnr = schedule.ZeroTerminalSnr && !zero });
        else
            json[Schedule] = curve;
        if (curve is not null && schedule.Curve != BetaCurve.Cosine)
            (json[First], json[Last]) = (schedule.FirstBeta, schedule.LastBeta);
        if (zero)
            json[Rescale] = true;
    }

    private static NoiseScheduleConfig Curve(SchedulerKeys keys, (double First, double Last) usual)
    {
        var (first, last) = (keys.Number(First) ?? usual.First, keys.Number(Last) ?? usual.Last);
        var (steps, name) = (keys.Whole(Steps) ?? 1000, keys.Text(Schedule) ?? "linear");
        if (keys.List<double>(Trained) is { } betas)
            return FromList(betas);

        var ramp = new NoiseScheduleConfig { Steps = steps, FirstBeta = first, LastBeta = last };
        return name switch
        {
            "linear" => ramp with { Curve = BetaCurve.Linear },
            "scaled_linear" => ramp with { Curve = BetaCurve.ScaledLinear },
            "squaredcos_cap_v2" => new() { Steps = steps, Curve = BetaCurve.Cosine, CosineOffset = CosineOffset },
            "exp" => FromList(Exponential(steps)),
            "sigmoid" => FromList(Sigmoid(steps, first, last)),
            "laplace" => FromList(Laplace(steps)),
            var other => throw new InvalidDataException(
                $"its '{Schedule}' is '{other}'; supported are linear, scaled_linear, squaredcos_cap_v2, exp, sigmoid and laplace."),
        };
    }

    private static JsonArray ToList(NoiseScheduleConfig schedule) => [.. new NoiseSchedule(schedule).Betas.Select(beta => (JsonNode)beta)];

    private static NoiseScheduleConfig FromList(double[] betas) => new() { Steps = betas.Length, Curve = BetaCurve.Trained, Betas = betas };

    // alphaBar(t) = e^(-12 t).
    private static double[] Exponential(int steps) =>
        [.. Enumerable.Range(0, steps).Select(_ => Math.Min(1 - Math.Exp(-12.0 / steps), LargestBeta))];

    // sqrt(snr / (1 + snr)) in place of alphaBar, with the logarithm of the SNR of a Laplace distribution.
    private static double[] Laplace(int steps)
    {
        return [.. Enumerable.Range(0, steps).Select(step => Math.Min(1 - (Bar((step + 1.0) / steps) / Bar((double)step / steps)), LargestBeta))];

        static double Bar(double time)
        {
            var logarithm = -0.5 * Math.CopySign(1, 0.5 - time) * Math.Log(1 - (2 * Math.Abs(0.5 - time)) + 1e-6);
            var ratio = Math.Exp(logarithm);
            return Math.Sqrt(ratio / (1 + ratio));
        }
    }

    private static double[] Sigmoid(int steps, double first, double last) =>
        [.. Enumerable.Range(0, steps).Select(step => first + ((last - first) / (1 + Math.Exp(6 - (12.0 * step / Math.Max(steps - 1, 1))))))];
}
