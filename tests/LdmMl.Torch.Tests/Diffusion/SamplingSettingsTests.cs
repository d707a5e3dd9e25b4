using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Tests.Diffusion;

public class SamplingSettingsTests
{
    public static TheoryData<SamplingSettings, string> Wrong => new()
    {
        { new() { Steps = 0 }, "Steps is 0; it must be at least 1." },
        { new() { Sampler = null! }, "Sampler is null; give a sampler, such as new DdimSampler()." },
        { With(new DdimSampler { Eta = 1.5 }), "Eta is 1.5; it must be in [0, 1]." },
        { With(new DdimSampler { Temperature = double.NaN }), "Temperature is NaN; it must be at least 0." },
        { With(new DdpmSampler { BetaShare = 2 }), "BetaShare is 2; it must be in [0, 1]." },
        { With(new DpmSolverPlusPlus2MSampler { Eta = -1 }), "Eta is -1; it must be at least 0." },
        { With(new UniPcSampler { Order = 4 }), "Order is 4; it must be in [1, 3]." },
        { With(new DpmSolverSampler { Order = 3, Eta = 1 }), "Order is 3; with fresh noise (Eta is 1) it must be at most 2." },
        { With(new EulerSampler { Churn = new Churn { Amount = -1 } }), "Churn.Amount is -1; it must be at least 0." },
        { With(new UniPcSampler { Solved = Prediction.Velocity }), "Solved is Velocity; it must be Start or Epsilon." },
        { With(new PlmsSampler { Averaged = (Prediction)7 }), "Averaged is 7; it must be one of Epsilon, Start, Velocity." },
        { new() { Spacing = (TimestepSpacing)9 }, "Spacing is 9; it must be one of Uniform, UniformStride, Quadratic, " },
        { new() { SigmaCurve = (SigmaCurve)9 }, "SigmaCurve is 9; it must be one of Schedule, Karras, Exponential, Beta, LogLinear." },
        { new() { SigmaCurve = SigmaCurve.Karras }, "SigmaCurve is Karras; Ddim moves over the schedule's own levels; choose a sampler over sigmas, " },
        { new() { Details = new() { Grid = SamplingGrid.Sigmas } }, "Grid is Sigmas; Ddim moves over timesteps only; leave it out." },
        { new() { ClipRange = 0 }, "ClipRange is 0; it must be above 0." },
        { new() { DynamicThresholdRatio = 2 }, "DynamicThresholdRatio is 2; it must be above 0 and at most 1." },
        { new() { DynamicThresholdMaximum = 0 }, "DynamicThresholdMaximum is 0; it must be above 0." },
        { new() { Details = new() { SmallestSigma = 0 } }, "SmallestSigma is 0; it must be above 0." },
        { new() { Details = new() { SmallestSigma = 2, LargestSigma = 1 } }, "LargestSigma is 1; it must be above SmallestSigma." },
        { With(new DeisSampler { Order = 4 }), "Order is 4; it must be in [1, 3]." },
        { With(new DpmSolverSinglestepSampler { Eta = 1, Solved = Prediction.Epsilon }), "Eta is 1; solving for Epsilon it must be 0." },
        { new() { ClipRange = 1, DynamicThresholdRatio = 0.9 }, "DynamicThresholdRatio is 0.9; ClipRange is given too; " },
        { new() { Details = new() { TimestepOffset = -1 } }, "TimestepOffset is -1; it must be at least 0." },
        { new() { Details = new() { SmallestLambda = double.NaN } }, "SmallestLambda is NaN; it must be a number." },
        { new() { Details = new() { End = (SamplingEnd)7 } }, "End is 7; it must be one of FirstStep, Clean." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_values_are_named_before_any_work(SamplingSettings settings, string message)
    {
        var exception = Assert.Throws<OptionException>(() => settings.CreatePlan(new NoiseSchedule()));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_with_equal_samplers_are_equal() => Assert.Equal(With(new DdimSampler { Eta = 0.5 }), With(new DdimSampler { Eta = 0.5 }));

    private static SamplingSettings With(ISampler sampler) => new() { Sampler = sampler };
}
