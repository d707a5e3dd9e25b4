using CsCheck;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;

namespace LdmMl.Torch.Tests.Diffusion;

public class NoiseScheduleTests
{
    private static readonly Gen<NoiseScheduleConfig> Configs = Gen.Select(Gen.Int[2, 1500], Gen.Enum<BetaCurve>(), Gen.Bool)
        .Where(choice => choice.Item2 != BetaCurve.Trained)
        .Select((steps, curve, zero) => new NoiseScheduleConfig { Steps = steps, Curve = curve, ZeroTerminalSnr = zero });

    [Fact]
    public void AlphaBar_falls_strictly_and_stays_in_the_unit_interval() =>
        Configs.Sample(config =>
        {
            var schedule = new NoiseSchedule(config);
            return schedule.AlphaBar.Zip(schedule.PreviousAlphaBar).All(pair => pair.First < pair.Second && pair.First is >= 0 and < 1);
        });

    [Fact]
    public void Zero_terminal_SNR_leaves_nothing_of_the_image_and_keeps_the_first_step()
    {
        var plain = new NoiseSchedule(NoiseScheduleConfig.StableDiffusion);
        var rescaled = new NoiseSchedule(NoiseScheduleConfig.StableDiffusion with { ZeroTerminalSnr = true });

        Assert.Equal(0, rescaled.AlphaBar[^1]);
        Assert.Equal(plain.AlphaBar[0], rescaled.AlphaBar[0], 12);
    }

    [Fact]
    public void Trained_betas_are_used_unchanged()
    {
        var schedule = new NoiseSchedule(new NoiseScheduleConfig { Steps = 2, Curve = BetaCurve.Trained, Betas = [0.25, 0.5] });

        Assert.Equal([0.75, 0.375], schedule.AlphaBar.ToArray(), (first, second) => Math.Abs(first - second) < 1e-15);
    }

    [Theory]
    [InlineData(0, 0.001, 0.02, "Steps is 0; it must be at least 1.")]
    [InlineData(10, 0.0, 0.02, "FirstBeta is 0; it must be above 0 and below 1.")]
    [InlineData(10, 0.02, 0.01, "LastBeta is 0.01; it must be at least FirstBeta, 0.02, and below 1.")]
    public void Values_outside_their_range_are_named(int steps, double first, double last, string message)
    {
        var config = new NoiseScheduleConfig { Steps = steps, FirstBeta = first, LastBeta = last };

        Assert.Equal(message, Assert.Throws<OptionException>(() => new NoiseSchedule(config)).Message);
    }

    [Fact]
    public void Every_step_count_gives_that_many_timesteps_within_the_schedule() =>
        Assert.All(Enumerable.Range(1, 1000), count =>
        {
            var timesteps = Timesteps.Choose(1000, count, TimestepSpacing.Uniform);
            Assert.Equal(count, timesteps.Length);
            Assert.InRange(timesteps[0], timesteps[^1], 999);
            Assert.All(timesteps.Zip(timesteps.Skip(1)), pair => Assert.True(pair.First > pair.Second));
        });

    [Theory]
    [InlineData(TimestepSpacing.Leading, new[] { 750, 500, 250, 0 })]
    [InlineData(TimestepSpacing.Trailing, new[] { 999, 749, 499, 249 })]
    [InlineData(TimestepSpacing.Linspace, new[] { 999, 666, 333, 0 })]
    [InlineData(TimestepSpacing.Uniform, new[] { 751, 501, 251, 1 })]
    public void Each_spacing_starts_and_ends_as_its_name_says(TimestepSpacing spacing, int[] expected) =>
        Assert.Equal(expected, Timesteps.Choose(1000, 4, spacing));

    [Fact]
    public void Sigma_and_time_convert_into_each_other()
    {
        var table = new SigmaTable(new NoiseSchedule());

        Assert.All(Enumerable.Range(0, 1000), step => Assert.Equal(step, table.TimestepOf(table.SigmaOf(step)), 1e-3));
        Assert.All(Enumerable.Range(0, 1000), step => Assert.Equal(step, table.NearestStep(table.SigmaOf(step))));
    }
}
