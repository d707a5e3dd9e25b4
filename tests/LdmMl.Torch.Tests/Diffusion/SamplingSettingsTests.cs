using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Tests.Diffusion;

public class SamplingSettingsTests
{
    public static TheoryData<SamplingSettings, string> Wrong => new()
    {
        { new() { Steps = 0 }, "Steps is 0; it must be at least 1." },
        { new() { Sampler = (SamplerKind)99 }, "Sampler is 99; it must be one of Ddpm, Ddim, Plms, Pndm, Euler, EulerAncestral, Heun, Dpm2, Lms, " },
        { new() { Eta = 1.5 }, "Eta is 1.5; for Ddim it must be in [0, 1]." },
        { new() { Eta = -1, Sampler = SamplerKind.DpmSolverPlusPlus2MSde }, "Eta is -1; for DpmSolverPlusPlus2MSde it must be at least 0." },
        { new() { Eta = 1, Sampler = SamplerKind.Heun }, "Eta is 1, but Heun has none; choose Ddim, EulerAncestral, DpmSolver, " },
        { new() { Order = 2 }, "Order is 2, but Ddim has no choice of order; leave it out." },
        { new() { Order = 4, Sampler = SamplerKind.UniPc }, "Order is 4; for UniPc it must be in 1 to 3." },
        { new() { Order = 3, Eta = 1, Sampler = SamplerKind.DpmSolver }, "Order is 3, but with fresh noise (Eta is 1) DpmSolver has at most 2." },
        { new() { Churn = new Churn { Amount = 1 } }, "Ddim has no churn; choose Euler, Heun, Dpm2, or leave it out." },
        { new() { Churn = new Churn { Amount = -1 }, Sampler = SamplerKind.Euler }, "Churn.Amount is -1; it must be at least 0." },
        { new() { Temperature = double.NaN }, "Temperature is NaN; it must be at least 0." },
        { new() { Spacing = (TimestepSpacing)9 }, "Spacing is 9; it must be one of Uniform, UniformStride, Quadratic, " },
        { new() { SigmaCurve = (SigmaCurve)9 }, "SigmaCurve is 9; it must be one of Schedule, Karras, Exponential." },
        { new() { SigmaCurve = SigmaCurve.Karras }, "SigmaCurve is Karras, but Ddim moves over the schedule's own levels; choose Euler, " },
        { new() { Details = new() { Grid = SamplingGrid.Sigmas } }, "Grid is Sigmas, but Ddim moves over timesteps only; leave it out." },
        { new() { ClipRange = 0 }, "ClipRange is 0; it must be above 0." },
        { new() { DynamicThresholdRatio = 2 }, "DynamicThresholdRatio is 2; it must be above 0 and at most 1." },
        { new() { DynamicThresholdMaximum = 0.5 }, "DynamicThresholdMaximum is 0.5; it must be at least 1." },
        { new() { ClipRange = 1, DynamicThresholdRatio = 0.9 }, "ClipRange and DynamicThresholdRatio are both given; " },
        { new() { Details = new() { TimestepOffset = -1 } }, "TimestepOffset is -1; it must be at least 0." },
        { new() { Details = new() { BetaShare = 2 } }, "BetaShare is 2; it must be in [0, 1]." },
        { new() { Details = new() { SmallestLambda = double.NaN } }, "SmallestLambda is not a number." },
        { new() { Details = new() { Solved = Prediction.Velocity } }, "Solved is Velocity; it must be Start or Epsilon." },
        { new() { Details = new() { End = (SamplingEnd)7 } }, "End is 7; it must be one of FirstStep, Clean." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_named_before_any_work(SamplingSettings settings, string message)
    {
        var sampler = Assert.Throws<ArgumentException>(settings.CreateSampler);
        var plan = Assert.Throws<ArgumentException>(() => settings.CreatePlan(new NoiseSchedule()));

        Assert.StartsWith(message, sampler.Message, StringComparison.Ordinal);
        Assert.Equal(sampler.Message, plan.Message);
    }

    [Fact]
    public void Every_sampler_of_the_library_has_a_name()
    {
        var made = Enum.GetValues<SamplerKind>().Select(kind => new SamplingSettings { Sampler = kind }.CreateSampler().GetType()).ToHashSet();
        var written = typeof(Sampler).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Sampler)) && !type.IsAbstract);

        Assert.Empty(written.Except(made));
    }

    [Fact]
    public void Choices_reach_the_sampler()
    {
        var churn = new Churn { Amount = 3 };

        Assert.Equal(new DdimSampler { Eta = 0.3, Temperature = 0.5 }, new SamplingSettings { Eta = 0.3, Temperature = 0.5 }.CreateSampler());
        Assert.Equal(new HeunSampler { Churn = churn }, new SamplingSettings { Sampler = SamplerKind.Heun, Churn = churn }.CreateSampler());
        Assert.Equal(new LmsSampler { Order = 2 }, new SamplingSettings { Sampler = SamplerKind.Lms, Order = 2 }.CreateSampler());
        Assert.Equal(
            new DpmSolverPlusPlus2MSampler { Eta = 1, Method = SecondOrder.Heun },
            new SamplingSettings { Sampler = SamplerKind.DpmSolverPlusPlus2MSde, Details = new() { SecondOrder = SecondOrder.Heun } }
                .CreateSampler());
    }
}
