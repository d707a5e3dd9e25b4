using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Tests.GoldenRunners;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Diffusion;

public class SamplerTests
{
    private static readonly NoiseSchedule Schedule = new();

    public static TheoryData<string> All => SamplerCases.Names;

    [Theory]
    [MemberData(nameof(All))]
    public void Only_the_result_remains_alive(string name)
    {
        var settings = SamplerCases.All[name] with { ClipRange = 2 };
        var state = Noise(1, rows: 2);
        Sample(settings, state, seeds: [1, 2]).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        var result = Sample(settings, state, seeds: [1, 2]);

        Assert.Equal(before + 1, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        result.Dispose();
        state.Dispose();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Few_and_all_steps_give_finite_results_with_every_spacing(string name)
    {
        var schedule = new NoiseSchedule(new NoiseScheduleConfig { Steps = 30, FirstBeta = 0.02, LastBeta = 0.3 });
        Assert.All(Enum.GetValues<TimestepSpacing>(), spacing => Assert.All([1, 2, 3, 30], steps =>
        {
            using var scope = NewDisposeScope();
            using var noise = new RowNoise([1]);
            var settings = SamplerCases.All[name] with { Steps = steps, Spacing = spacing };
            var plan = settings.CreatePlan(schedule);
            var state = plan.FirstState(noise.Draw(zeros(1, 1, 2, 3)));

            var result = settings.Sampler.Sample(Toy(schedule), state, plan, new() { Noise = noise });

            Assert.All(result.data<float>().ToArray(), value => Assert.InRange(value, -100, 100));
        }));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_step_is_reported_with_its_state_and_a_preview(string name)
    {
        using var scope = NewDisposeScope();
        var reports = new List<(int Step, int Steps, float[] State, bool HasPreview)>();
        var settings = SamplerCases.All[name];

        var result = Sample(settings, Noise(1, rows: 2), [1, 2], progress => reports.Add((
            progress.Step, progress.Steps, progress.State.data<float>().ToArray(), progress.Start.shape is [2, 4, 3, 5])));

        // Some samplers spread the plan's network calls over their own steps.
        if (!SamplerCases.HasItsOwnSteps(settings.Sampler))
            Assert.Equal(Enumerable.Range(1, settings.Steps), reports.Select(step => step.Step));
        Assert.Equal(reports[^1].Steps, reports[^1].Step);
        Assert.Equal(reports.Select(step => step.Step).Order(), reports.Select(step => step.Step));
        Assert.All(reports, step => Assert.True(step.Steps == reports[0].Steps && step.Steps <= settings.Steps && step.HasPreview));
        Assert.Equal(result.data<float>().ToArray(), reports[^1].State);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Sampling_stops_between_steps_and_leaks_nothing(string name)
    {
        using var stop = new CancellationTokenSource();
        using var state = Noise(1, rows: 1);
        var steps = 0;
        void Count(SamplingProgress progress)
        {
            if (++steps == 3)
                stop.Cancel();
        }

        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Assert.Throws<OperationCanceledException>(() => Sample(SamplerCases.All[name] with { Steps = 12 }, state, [1], Count, stop.Token));

        Assert.Equal(3, steps);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Wrong_options_are_named_before_any_step()
    {
        using var state = Noise(1, rows: 1);
        var plan = new SamplingSettings().CreatePlan(Schedule);
        using var noise = new RowNoise([1]);

        var exception = Assert.Throws<OptionException>(() => new DdimSampler { Eta = 2 }.Sample(Toy(), state, plan, new() { Noise = noise }));

        Assert.Equal("Eta is 2; it must be in [0, 1].", exception.Message);
    }

    [Fact]
    public void Heun_uses_Eulers_method_where_sigma_falls_far()
    {
        using var scope = NewDisposeScope();
        var plan = SamplingPlan.FromSigmas([5000, 10]);
        using var noise = new RowNoise([1]);
        var state = plan.FirstState(Noise(1, rows: 1));

        var heun = new HeunSampler().Sample(Toy(), state, plan, new() { Noise = noise });
        var euler = new EulerSampler().Sample(Toy(), state, plan, new() { Noise = noise });
        var unlimited = new HeunSampler { LargestFall = double.PositiveInfinity }.Sample(Toy(), state, plan, new() { Noise = noise });

        Assert.Equal(euler.data<float>().ToArray(), heun.data<float>().ToArray());
        Assert.NotEqual(euler.data<float>().ToArray(), unlimited.data<float>().ToArray());
    }

    [Fact]
    public void PNDM_takes_a_last_step_that_is_shorter_than_half_a_stride()
    {
        var settings = new SamplingSettings
        {
            Sampler = new PndmSampler(), Steps = 2, Spacing = TimestepSpacing.Leading,
            Details = new SchedulerDetails { TimestepOffset = 2, Target = StepTarget.Stride, End = SamplingEnd.FirstStep },
        };
        using var scope = NewDisposeScope();

        Assert.True(Sample(settings, Noise(1, rows: 1), [1]).isfinite().all().item<bool>());
    }

    [Fact]
    public void PNDM_without_timesteps_is_refused()
    {
        using var state = Noise(1, rows: 1);
        var plan = SamplingPlan.FromSigmas([2, 1, 0]);
        using var noise = new RowNoise([1]);

        var exception = Assert.Throws<ArgumentException>(() => new PndmSampler().Sample(Toy(), state, plan, new() { Noise = noise }));

        Assert.Equal("PNDM needs a plan over the forward steps of a schedule; this one is over sigmas.", exception.Message);
    }

    private static Tensor Sample(
        SamplingSettings settings, Tensor drawn, long[] seeds, Action<SamplingProgress>? onStep = null, CancellationToken stop = default)
    {
        var plan = settings.CreatePlan(Schedule);
        using var noise = new RowNoise(seeds);
        using var state = plan.FirstState(drawn);
        var options = new SamplingOptions { Noise = noise, Progress = onStep is null ? null : new StepProgress(onStep), CancellationToken = stop };
        return settings.Sampler.Sample(settings.Limit(Toy()), state, plan, options);
    }

    private static NetworkDenoiser Toy(NoiseSchedule? schedule = null) => new(Predict, schedule ?? Schedule, Prediction.Epsilon);

    private static Tensor Predict(Tensor state, Tensor times)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(ToyNetwork.Predict(state, times));
    }

    private static Tensor Noise(long seed, int rows)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randn([rows, 4, 3, 5], generator: generator);
    }
}
