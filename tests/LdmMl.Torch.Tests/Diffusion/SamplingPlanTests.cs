using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Tests.Diffusion;

public class SamplingPlanTests
{
    private const int Steps = 40;

    private static readonly NoiseSchedule Schedule = new(new NoiseScheduleConfig { Steps = Steps, FirstBeta = 0.02, LastBeta = 0.3 });

    public static TheoryData<string> Kinds => [.. SamplerRegistry.Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_step_count_gives_a_plan_that_decreases_to_its_end(string name)
    {
        var sampler = SamplerRegistry.Create(name);
        var curves = sampler.Needs.Grids.Contains(SamplingGrid.Sigmas) ? Enum.GetValues<SigmaCurve>() : [SigmaCurve.Schedule];
        var cases =
            from grid in sampler.Needs.Grids
            from spacing in Enum.GetValues<TimestepSpacing>()
            from curve in curves
            from end in Enum.GetValues<SamplingEnd>()
            where curve != SigmaCurve.LogLinear || grid == SamplingGrid.Sigmas
            select new SamplingSettings
            {
                Sampler = sampler, Spacing = spacing, SigmaCurve = curve, Details = new SchedulerDetails { Grid = grid, End = end, TimestepOffset = 1 },
            };

        foreach (var settings in cases)
        {
            foreach (var count in Enumerable.Range(1, Steps))
                AssertFalls(settings with { Steps = count });
        }
    }

    [Theory]
    [InlineData(50, 1.0, 50)]
    [InlineData(50, 0.5, 25)]
    [InlineData(50, 0.58, 29)]
    [InlineData(50, 0.01, 1)]
    [InlineData(7, 0.99, 6)]
    public void Strength_is_the_share_of_the_last_steps(int steps, double strength, int taken) =>
        Assert.All(SamplerCases.Samplers, sampler =>
        {
            var settings = new SamplingSettings { Sampler = sampler, Steps = steps };
            var schedule = new NoiseSchedule();
            var whole = settings.CreatePlan(schedule);

            var part = settings.CreatePlan(schedule, strength);

            Assert.Equal(taken, part.Steps.Length);
            Assert.Equal(whole.Steps.TakeLast(taken), part.Steps.AsEnumerable());
        });

    [Fact]
    public void Sampling_starts_at_the_image_noised_to_the_first_step()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var (image, noise) = (full([1, 1, 1, 1], Real(3f)), full([1, 1, 1, 1], Real(2f)));
        var plan = new SamplingSettings { Steps = 10 }.CreatePlan(new NoiseSchedule(), 0.5);
        var level = NoiseLevel.Of(new NoiseSchedule(), 401);

        Assert.Equal((3 * level.Alpha) + (2 * level.Sigma), plan.FirstState(noise, image).item<float>(), 1e-6);
        Assert.Equal(2, plan.FirstState(noise).item<float>());
    }

    [Fact]
    public void Zero_terminal_SNR_starts_at_pure_noise_over_timesteps_and_at_sigma_4096_over_sigmas()
    {
        var schedule = new NoiseSchedule(NoiseScheduleConfig.StableDiffusion with { ZeroTerminalSnr = true });
        var euler = new SamplingSettings { Sampler = new EulerSampler(), Spacing = TimestepSpacing.Trailing };

        Assert.Equal(4096, euler.CreatePlan(schedule).Steps[0].From.Sigma, 0.01);
        Assert.Equal(0, new SamplingSettings { Spacing = TimestepSpacing.Trailing }.CreatePlan(schedule).Steps[0].From.Alpha);
    }

    [Fact]
    public void A_sampler_of_epsilon_does_not_start_at_pure_noise()
    {
        var schedule = new NoiseSchedule(NoiseScheduleConfig.StableDiffusion with { ZeroTerminalSnr = true });
        var settings = new SamplingSettings { Sampler = new DpmSolverSampler(), Spacing = TimestepSpacing.Trailing };

        Assert.Equal(
            "Sampler is 'DpmSolver'; it uses only epsilon, which says nothing about the image at the schedule's last step (zero terminal SNR); "
            + "choose Ddim, or Leading spacing.",
            Assert.Throws<OptionException>(() => settings.CreatePlan(schedule)).Message);
    }

    [Fact]
    public void More_steps_than_the_schedule_has_are_refused() =>
        Assert.Equal(
            "Steps is 41; the model's schedule has 40, so choose 1 to 40.",
            Assert.Throws<OptionException>(() => new SamplingSettings { Steps = 41 }.CreatePlan(Schedule)).Message);

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void Strength_outside_its_range_is_refused(double strength) =>
        Assert.StartsWith(
            $"Strength is {strength}; it must be above 0 and at most 1.",
            Assert.Throws<OptionException>(() => new SamplingSettings { Steps = 4 }.CreatePlan(Schedule, strength)).Message,
            StringComparison.Ordinal);

    private static void AssertFalls(SamplingSettings settings)
    {
        var steps = settings.CreatePlan(Schedule).Steps;
        var text = $"{settings.Details.Grid} {settings.Spacing} {settings.SigmaCurve} {settings.Details.End} {settings.Steps}";
        Assert.InRange(steps.Length, 1, settings.Spacing == TimestepSpacing.UniformStride ? Steps : settings.Steps);
        foreach (var step in steps)
        {
            Assert.True(step.From.Ratio >= step.To.Ratio, text);
            Assert.InRange(step.From.Timestep!.Value, 0, Steps - 1);
        }

        for (var i = 1; i < steps.Length; i++)
            Assert.True(steps[i].From == steps[i - 1].To, text);
    }
}
