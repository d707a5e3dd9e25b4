using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Diffusion;

/// <summary>
/// Data from one Gaussian, N(mean, spread²), has a closed-form denoiser and known paths: along the probability flow a state keeps its
/// distance from the mean in units of its own standard deviation (Song et al. 2021b, section 4.3). Every sampler must find the end of the path, or
/// the distribution.
/// </summary>
public class GaussianSamplingTests
{
    private const double Mean = 0.7;
    private const double Spread = 0.4;

    private static readonly NoiseSchedule Schedule = new(NoiseScheduleConfig.StableDiffusion);

    public static TheoryData<string> Deterministic => SamplerCases.Deterministic;

    public static TheoryData<string> Stochastic => SamplerCases.Stochastic;

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void Without_fresh_noise_every_sampler_finds_the_end_of_the_path(string name)
    {
        using var scope = NewDisposeScope();
        var settings = Exact(SamplerCases.All[name]) with { Steps = 400 };
        var plan = settings.CreatePlan(Schedule);
        var state = plan.FirstState(linspace(-2.5, 2.5, 11).reshape(1, 1, 1, 11));

        var result = settings.Sampler.Sample(new GaussianDenoiser(), state, plan, new SamplingOptions { Noise = new NoNoise() });

        // First-order methods, means of v, and blocks that end with a first-order step are off by a share of the step size; the error of the others
        // is that of the last step, to the clean image.
        Assert.InRange((result - End(state, plan)).abs().max().item<float>(), 0, IsOfFirstOrder(settings) ? 0.012 : 0.004);
    }

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void From_zero_terminal_SNR_a_sampler_finds_the_end_too_or_refuses(string name)
    {
        using var scope = NewDisposeScope();
        var schedule = new NoiseSchedule(NoiseScheduleConfig.StableDiffusion with { ZeroTerminalSnr = true });
        var settings = Exact(SamplerCases.All[name]) with { Steps = 400, Spacing = TimestepSpacing.Trailing, SigmaCurve = SigmaCurve.Schedule };
        if (settings.Grid == SamplingGrid.Timesteps && settings.Sampler.Needs.NeedsSignal)
        {
            var exception = Assert.Throws<OptionException>(() => settings.CreatePlan(schedule));
            Assert.Contains("(zero terminal SNR)", exception.Message, StringComparison.Ordinal);
            return;
        }

        var plan = settings.CreatePlan(schedule);
        var state = plan.FirstState(linspace(-2.5, 2.5, 11).reshape(1, 1, 1, 11));

        var result = settings.Sampler.Sample(new GaussianDenoiser(), state, plan, new SamplingOptions { Noise = new NoNoise() });

        Assert.InRange((result - End(state, plan)).abs().max().item<float>(), 0, 0.02);
    }

    [Theory]
    [MemberData(nameof(Stochastic))]
    public void With_fresh_noise_every_sampler_gives_the_datas_mean_and_deviation(string name)
    {
        using var scope = NewDisposeScope();
        var settings = SamplerCases.All[name] with { Steps = 400 };
        var plan = settings.CreatePlan(Schedule);
        using var noise = new RowNoise([1]);
        var state = plan.FirstState(noise.Draw(zeros(1, 1, 64, 64)));

        var result = settings.Sampler.Sample(new GaussianDenoiser(), state, plan, new SamplingOptions { Noise = noise });

        // The standard error is 0.006 for the mean of 4,096 values, and 0.004 for the deviation.
        Assert.Equal(Mean, result.mean().item<float>(), 0.03);
        Assert.Equal(Spread, result.std().item<float>(), 0.03);
    }

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void Deterministic_samplers_ignore_the_noise_source(string name)
    {
        using var scope = NewDisposeScope();
        var settings = SamplerCases.All[name];
        var plan = settings.CreatePlan(Schedule);
        var state = plan.FirstState(linspace(-1, 1, 4).reshape(1, 1, 2, 2));
        using var noise = new RowNoise([5]);

        var one = settings.Sampler.Sample(new GaussianDenoiser(), state, plan, new SamplingOptions { Noise = noise });
        var other = settings.Sampler.Sample(new GaussianDenoiser(), state, plan, new SamplingOptions { Noise = new NoNoise() });

        Assert.Equal(one.data<float>().ToArray(), other.data<float>().ToArray());
    }

    // The number of steps has no effect on a sampler that chooses its own.
    private static SamplingSettings Exact(SamplingSettings settings) => settings.Sampler is DpmAdaptiveSampler adaptive
        ? settings with { Sampler = adaptive with { RelativeTolerance = 1e-4, AbsoluteTolerance = 1e-4, CallLimit = 10_000 } } : settings;

    private static bool IsOfFirstOrder(SamplingSettings settings) =>
        settings.Sampler is DdimSampler or EulerSampler or EulerAncestralSampler or PlainSampler or OwnSampler or DpmSolverSinglestepSampler or { Needs.NeedsSignal: false, Needs.LimitsEpsilon: true }
        || SamplerCases.Option(settings.Sampler, "Order") is 1;

    private static Tensor End(Tensor state, SamplingPlan plan)
    {
        var (first, last) = (plan.Steps[0].From, plan.Steps[^1].To);
        return ((state - Real(Mean * first.Alpha)) * Real(Deviation(last) / Deviation(first))) + Real(Mean * last.Alpha);
    }

    private static double Deviation(NoiseLevel level) => Math.Sqrt((level.Alpha * level.Alpha * Spread * Spread) + (level.Sigma * level.Sigma));

    private sealed class GaussianDenoiser : IDenoiser
    {
        // The mean of x_0 given x, for two Gaussians.
        public Denoised Denoise(Tensor state, NoiseLevel level)
        {
            using var scope = NewDisposeScope();
            var gain = level.Alpha * Spread * Spread / (Deviation(level) * Deviation(level));
            var denoised = Denoised.FromStart(state, level, ((state - Real(Mean * level.Alpha)) * Real(gain)) + Real(Mean));
            return new Denoised(scope.MoveToOuter(denoised.Start), scope.MoveToOuter(denoised.Epsilon));
        }
    }

    private sealed class NoNoise : INoiseSource
    {
        public Tensor Draw(Tensor state) => full_like(state, Real(float.NaN));
    }
}
