namespace LdmMl.Torch.Diffusion;

/// <summary>Chooses the forward steps that a sampler visits.</summary>
internal static class Timesteps
{
    // The reference's quadratic spacing ends at this share of T.
    private const double QuadraticReach = 0.8;

    /// <summary>Chooses timesteps, in decreasing order.</summary>
    /// <param name="scheduleSteps">T, at least 1.</param>
    /// <param name="count">S, 1 to T.</param>
    /// <param name="spacing">Their spacing.</param>
    /// <param name="offset">
    /// What <see cref="TimestepSpacing.Leading"/> adds to each (diffusers <c>steps_offset</c>), at least 0; less if it would leave the schedule.
    /// </param>
    /// <returns>S timesteps in 0 to T - 1 (more for <see cref="TimestepSpacing.UniformStride"/> where S does not divide T).</returns>
    public static int[] Choose(int scheduleSteps, int count, TimestepSpacing spacing, int offset = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scheduleSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, scheduleSteps);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var rising = Rising(scheduleSteps, count, spacing, offset);
        Array.Reverse(rising);
        return rising;
    }

    /// <summary>Steps of a given stride down from the last usable one; those above it are omitted, so there are fewer.</summary>
    internal static int[] Trailing(int usable, double stride) =>
        Map((int)Math.Ceiling(usable / stride), i => Round(usable + (i * (usable - stride - usable))) - 1);   // rounded as in NumPy's arange

    private static int[] Rising(int scheduleSteps, int count, TimestepSpacing spacing, int offset) => spacing switch
    {
        TimestepSpacing.Uniform => Uniform(scheduleSteps, count),
        TimestepSpacing.UniformStride => scheduleSteps == 1 ? [0] : [.. Strided(scheduleSteps, count).Where(step => step < scheduleSteps)],
        TimestepSpacing.Quadratic => Quadratic(scheduleSteps, count),
        TimestepSpacing.Leading => Leading(scheduleSteps, count, offset),
        TimestepSpacing.Trailing => [.. Trailing(scheduleSteps, (double)scheduleSteps / count).Take(count).Reverse()],
        TimestepSpacing.Linspace => [.. Even(scheduleSteps, count).Reverse().Select(Round)],
        _ => throw new ArgumentOutOfRangeException(nameof(spacing), spacing, "There is no such spacing."),
    };

    /// <summary>The reference's list, increasing: every (T / S)-th plus one; the last may be T, which is outside the tables.</summary>
    internal static int[] Strided(int scheduleSteps, int count)
    {
        var stride = scheduleSteps / count;
        return Map((scheduleSteps + stride - 1) / stride, i => (i * stride) + 1);
    }

    internal static int[] Quadratic(int scheduleSteps, int count)
    {
        var reach = Math.Sqrt(scheduleSteps * QuadraticReach);
        return Map(count, i => Math.Min((int)Math.Pow(Root(i), 2) + 1, scheduleSteps - 1));

        // The last is the reach itself, because its square may be off by one when computed from rounded values.
        double Root(int i) => i == count - 1 && count > 1 ? reach : i * (reach / Math.Max(count - 1, 1));
    }

    /// <summary>Evenly from T - 1 down to 0, including times between the forward steps; only T - 1 if one is requested.</summary>
    internal static double[] Even(int scheduleSteps, int count)
    {
        var last = scheduleSteps - 1;
        var stride = (double)last / Math.Max(count - 1, 1);
        return [.. Enumerable.Range(0, count).Select(i => i == 0 ? last : (count - 1 - i) * stride)];
    }

    private static int[] Leading(int scheduleSteps, int count, int offset)
    {
        var stride = scheduleSteps / count;
        var shift = Math.Min(offset, scheduleSteps - 1 - ((count - 1) * stride));
        return Map(count, i => (i * stride) + shift);
    }

    private static int[] Uniform(int scheduleSteps, int count)
    {
        var shift = Scaled(count - 1) + 1 < scheduleSteps ? 1 : 0;
        return Map(count, i => Scaled(i) + shift);

        int Scaled(int i) => (int)((long)i * scheduleSteps / count);
    }

    private static int Round(double value) => (int)Math.Round(value, MidpointRounding.ToEven);

    private static int[] Map(int count, Func<int, int> step) => [.. Enumerable.Range(0, count).Select(step)];
}
