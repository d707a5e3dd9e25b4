using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion;

/// <summary>Turns <see cref="SamplingSettings"/> into the steps over a schedule.</summary>
internal static class SamplingPlanFactory
{
    public static SamplingPlan Create(SamplingSettings settings, NoiseSchedule schedule) =>
        settings.Grid == SamplingGrid.Timesteps ? OverTimesteps(settings, schedule) : OverSigmas(settings, schedule);

    private static SamplingPlan OverTimesteps(SamplingSettings settings, NoiseSchedule schedule)
    {
        var last = (settings.Details.End ?? settings.Sampler.Needs.End) == SamplingEnd.Clean ? NoiseLevel.Clean : NoiseLevel.Of(schedule, 0);
        var timesteps = settings.SigmaCurve == SigmaCurve.Schedule ? Spaced(settings, schedule) : Curved(settings, schedule);
        if (settings.Sampler.Needs.SolvesInLambda)
            timesteps = [.. timesteps.Distinct()];
        return settings.Details.Target == StepTarget.Stride
            ? SamplingPlan.FromTimesteps(schedule, timesteps, last, schedule.Steps / settings.Steps)
            : SamplingPlan.FromTimesteps(schedule, timesteps, last);
    }

    private static int[] Spaced(SamplingSettings settings, NoiseSchedule schedule)
    {
        var (spacing, offset) = (settings.Spacing ?? settings.Sampler.Needs.Spacing, settings.Details.TimestepOffset);
        var usable = UsableSteps(settings, schedule);
        var count = Math.Min(settings.Steps, usable);
        // Solvers in lambda end where one more timestep would be.
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

    private static int[] Curved(SamplingSettings settings, NoiseSchedule schedule)
    {
        var table = new SigmaTable(schedule);
        var sigmas = Curve(settings, settings.Steps, table.Sigmas[0], Finite(settings, table.Sigmas[^1]));
        return [.. sigmas.SkipLast(1).Select(sigma => (int)Math.Round(table.TimestepOf(sigma))).Distinct()];
    }

    private static SamplingPlan OverSigmas(SamplingSettings settings, NoiseSchedule schedule)
    {
        var table = new SigmaTable(schedule);
        var spacing = settings.Spacing ?? settings.Sampler.Needs.Spacing;
        var times = spacing == TimestepSpacing.Linspace
            ? Timesteps.Even(schedule.Steps, settings.Steps)
            : Timesteps.Choose(schedule.Steps, settings.Steps, spacing, settings.Details.TimestepOffset)
                .Distinct().Select(step => (double)step).ToArray();
        double[] sigmas = [.. times.Select(time => table.SigmaOf(time, settings.Details.Interpolation)), 0];
        Finite(settings, sigmas[0]);
        if (settings.SigmaCurve != SigmaCurve.Schedule && times.Length > 1)
        {
            sigmas = Curve(settings, times.Length, sigmas[^2], sigmas[0]);
            times = [.. sigmas.SkipLast(1).Select(table.TimestepOf)];
        }

        // Beginning below the last forward step, a state holds an image too: x_0 + sigma epsilon, with x_0 of unit variance.
        var beginsAtNoise = spacing is TimestepSpacing.Linspace or TimestepSpacing.Trailing;
        return SamplingPlan.FromSigmas(sigmas, times, beginsAtNoise ? sigmas[0] : Math.Sqrt((sigmas[0] * sigmas[0]) + 1));
    }

    private static double[] Curve(SamplingSettings settings, int count, double smallest, double largest) => settings.SigmaCurve switch
    {
        SigmaCurve.Karras => SigmaSpacing.Karras(count, smallest, largest),
        _ => SigmaSpacing.Exponential(count, smallest, largest),
    };

    private static double Finite(SamplingSettings settings, double largest)
    {
        Check.That(
            double.IsFinite(largest), SamplerRegistry.NameOf(settings.Sampler),
            "it would begin at the last step of the schedule, which leaves nothing of the image (zero terminal SNR) and has no finite sigma; choose "
            + $"{nameof(TimestepSpacing.Leading)} spacing, or a sampler over timesteps such as Ddim",
            nameof(settings.Sampler));
        return largest;
    }
}
