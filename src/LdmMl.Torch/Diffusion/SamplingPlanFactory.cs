using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Diffusion;

/// <summary>Turns <see cref="SamplingSettings"/> into a plan over a schedule.</summary>
internal static class SamplingPlanFactory
{
    public static SamplingPlan Create(SamplingSettings settings, NoiseSchedule schedule) =>
        settings.Grid == SamplingGrid.Timesteps ? OverTimesteps(settings, schedule) : OverSigmas(settings, schedule);

    private static SamplingPlan OverTimesteps(SamplingSettings settings, NoiseSchedule schedule)
    {
        var last = (settings.Details.End ?? settings.Sampler.Needs.End) == SamplingEnd.Clean ? NoiseLevel.Clean : NoiseLevel.Of(schedule, 0);
        if (settings.SigmaCurve != SigmaCurve.Schedule && !settings.Details.SnapsToSteps)
            return SamplingPlan.FromLevels(schedule, Levels(settings, schedule, last));
        var timesteps = settings.SigmaCurve == SigmaCurve.Schedule ? Spaced(settings, schedule) : Snapped(settings, schedule);
        if (settings.Sampler.Needs.SolvesInLambda)
            timesteps = [.. timesteps.Distinct()];
        return settings.Details.Target == StepTarget.Stride
            ? SamplingPlan.FromTimesteps(schedule, timesteps, last, schedule.Steps / settings.Steps)
            : SamplingPlan.FromTimesteps(schedule, timesteps, last);
    }

    private static int[] Spaced(SamplingSettings settings, NoiseSchedule schedule)
    {
        if (settings is { Sampler: LcmSampler consistency, Spacing: null })
            return consistency.Timesteps(schedule.Steps, settings.Steps);
        var (spacing, offset) = (settings.Spacing ?? settings.Sampler.Needs.Spacing, settings.Details.TimestepOffset);
        var usable = UsableSteps(settings, schedule);
        if (spacing == TimestepSpacing.Trailing && usable < schedule.Steps)
            return Timesteps.Trailing(usable, (double)schedule.Steps / settings.Steps);
        var count = Math.Min(settings.Steps, usable);
        // Solvers in lambda end where the next timestep would be.
        return settings.Sampler.Needs.SolvesInLambda && spacing is TimestepSpacing.Leading or TimestepSpacing.Linspace && count < usable
            ? Timesteps.Choose(usable, count + 1, spacing, offset)[..^1]
            : Timesteps.Choose(usable, count, spacing, offset);
    }

    private static int UsableSteps(SamplingSettings settings, NoiseSchedule schedule)
    {
        if (settings.Details.SmallestLambda is not { } smallest)
            return schedule.Steps;
        var usable = Enumerable.Range(0, schedule.Steps).Count(step => NoiseLevel.Of(schedule, step).Lambda >= smallest);
        Check.That(usable > 0, smallest, $"the largest lambda of the schedule is {NoiseLevel.Of(schedule, 0).Lambda:G4}", "SmallestLambda");
        return usable;
    }

    // Between the schedule's steps, variance-preserving; only the network's time is rounded to a step.
    private static NoiseLevel[] Levels(SamplingSettings settings, NoiseSchedule schedule, NoiseLevel last)
    {
        var table = new SigmaTable(schedule);
        var rounding = settings.Details.Rounding
            ?? (settings.SigmaCurve == SigmaCurve.Karras && schedule.Config.Curve != BetaCurve.Cosine ? TimeRounding.Nearest : TimeRounding.Down);
        NoiseLevel[] levels =
        [
            .. Curve(settings, settings.Steps, table.Sigmas[0], table.Sigmas[^1]).SkipLast(1).Select(sigma =>
            {
                var alpha = 1 / Math.Sqrt((sigma * sigma) + 1);
                var time = table.ExactTimestepOf(sigma);
                return new NoiseLevel(alpha, sigma * alpha, rounding == TimeRounding.Nearest ? Math.Round(time) : Math.Truncate(time));
            }),
        ];

        // A curve with its own end stops there, unless sampling goes on to the clean image.
        var isOwnEnd = settings.Details.SmallestSigma is not null && last.Sigma > 0;
        return [.. levels, isOwnEnd || AreSame(levels[^1].Ratio, last.Ratio) ? levels[^1] : last];
    }

    // The ends of a curve and of the schedule are the same level if they differ only by rounding.
    private static bool AreSame(double one, double other)
    {
        const double Rounding = 1e-6;
        return Math.Abs((one / other) - 1) < Rounding;
    }

    private static int[] Snapped(SamplingSettings settings, NoiseSchedule schedule)
    {
        var table = new SigmaTable(schedule);
        var sigmas = Curve(settings, settings.Steps, table.Sigmas[0], table.Sigmas[^1]);
        return [.. sigmas.SkipLast(1).Select(sigma => (int)Math.Round(table.TimestepOf(sigma))).Distinct()];
    }

    private static SamplingPlan OverSigmas(SamplingSettings settings, NoiseSchedule schedule)
    {
        var table = new SigmaTable(schedule);
        var spacing = settings.Spacing ?? settings.Sampler.Needs.Spacing;
        var times = spacing == TimestepSpacing.Linspace
            ? Evenly(schedule.Steps, settings)
            : Timesteps.Choose(schedule.Steps, settings.Steps, spacing, settings.Details.TimestepOffset)
                .Distinct().Select(step => (double)step).ToArray();
        var end = settings.Details.End == SamplingEnd.FirstStep ? table.Sigmas[0] : 0;
        double[] sigmas = [.. times.Select(time => table.SigmaOf(time, settings.Details.Interpolation)), end];
        if (settings.SigmaCurve == SigmaCurve.LogLinear)
        {
            sigmas = SigmaSpacing.Exponential(times.Length + 1, table.Sigmas[0], table.Sigmas[^1])[..^1];
        }
        else if (settings.SigmaCurve != SigmaCurve.Schedule && times.Length > 1)
        {
            var curve = Curve(settings, times.Length, sigmas[^2], sigmas[0])[..^1];
            sigmas = [.. curve, curve[^1] < end && AreSame(curve[^1], end) ? curve[^1] : end];
            times = [.. sigmas.SkipLast(1).Select(table.TimestepOf)];
            if (settings.Details.Rounding is { } rounding)
                times = Array.ConvertAll(times, time => rounding == TimeRounding.Nearest ? Math.Round(time) : Math.Truncate(time));
        }

        if (settings.Details.ContinuousTimes)
            times = [.. sigmas.SkipLast(1).Select(sigma => Math.Log(sigma) / 4)];

        // Starting below the last forward step, a state contains signal: x_0 + sigma epsilon, with x_0 of unit variance.
        var beginsAtNoise = spacing is TimestepSpacing.Linspace or TimestepSpacing.Trailing;
        return SamplingPlan.FromSigmas(sigmas, times, beginsAtNoise ? sigmas[0] : Math.Sqrt((sigmas[0] * sigmas[0]) + 1));
    }

    // diffusers, whose files ask for linear interpolation, rounds times to float32.
    private static double[] Evenly(int scheduleSteps, SamplingSettings settings)
    {
        var times = Timesteps.Even(scheduleSteps, settings.Steps);
        return settings.Details.Interpolation == SigmaInterpolation.Linear ? Array.ConvertAll(times, time => (double)(float)time) : times;
    }

    private static double[] Curve(SamplingSettings settings, int count, double smallest, double largest)
    {
        (smallest, largest) = (settings.Details.SmallestSigma ?? smallest, settings.Details.LargestSigma ?? largest);
        return settings.SigmaCurve switch
        {
            SigmaCurve.Karras => SigmaSpacing.Karras(count, smallest, largest),
            SigmaCurve.Beta => SigmaSpacing.Beta(count, smallest, largest),
            _ => SigmaSpacing.Exponential(count, smallest, largest),
        };
    }
}
