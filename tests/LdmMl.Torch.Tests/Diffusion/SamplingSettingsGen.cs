using CsCheck;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Tests.Diffusion;

/// <summary>Valid settings of every kind, drawn from the table against which they are checked.</summary>
internal static class SamplingSettingsGen
{
    public static Gen<NoiseScheduleConfig> Schedules { get; } = Gen.Select(
        Gen.Enum<BetaCurve>(), Gen.Int[2, 40], Gen.Bool, Gen.Enum<TablePrecision>(), Gen.Double[0, 1],
        (curve, steps, zero, precision, share) => new NoiseScheduleConfig
        {
            Curve = curve,
            Steps = steps,
            ZeroTerminalSnr = zero,
            Precision = precision,
            PosteriorBetaShare = share,
            Betas = curve == BetaCurve.Trained ? [.. Enumerable.Range(1, steps).Select(step => step * 0.01)] : null,
        });

    public static Gen<SamplingSettings> Of(string sampler)
    {
        var usual = SamplerRegistry.Create(sampler);
        return Gen.Select(Variants(usual), Levels(usual.Needs), Limits, (variant, levels, limits) => levels with
        {
            Sampler = variant,
            ClipRange = limits.Clip,
            DynamicThresholdRatio = limits.Clip is null ? limits.Ratio : null,
            DynamicThresholdMaximum = limits.Maximum,
        });
    }

    private static readonly Gen<(double? Clip, double? Ratio, double Maximum)> Limits = Gen.Select(
        Gen.Nullable(Gen.Double[0.5, 3]), Gen.Nullable(Gen.Double[0.5, 1]), Gen.Double[1, 4]);

    private static Gen<ISampler> Variants(ISampler usual)
    {
        var variants = SamplerCases.Variants(usual);
        return Gen.Int[0, variants.Count - 1].Select(i => variants[i]);
    }

    private static Gen<SamplingSettings> Levels(SamplerNeeds needs)
    {
        var curves = needs.Grids.Contains(SamplingGrid.Sigmas)
            ? Gen.Enum<SigmaCurve>().Where(curve => curve != SigmaCurve.LogLinear || needs.Grids is [SamplingGrid.Sigmas])
            : Gen.Const(SigmaCurve.Schedule);
        return Gen.Select(
            Gen.Int[1, 30], Gen.Nullable(Gen.Enum<TimestepSpacing>()), curves, Details(needs),
            (steps, spacing, curve, details) => new SamplingSettings { Steps = steps, Spacing = spacing, SigmaCurve = curve, Details = details });
    }

    private static Gen<SchedulerDetails> Details(SamplerNeeds needs) => Gen.Select(
        Gen.Nullable(Gen.Int[0, needs.Grids.Count - 1].Select(i => needs.Grids[i])), Gen.Nullable(Gen.Enum<SamplingEnd>()),
        Gen.Enum<StepTarget>(), Gen.Int[0, 3], Gen.Enum<SigmaInterpolation>(),
        (grid, end, target, offset, interpolation) => new SchedulerDetails
        {
            Grid = grid, End = end, Target = target, TimestepOffset = offset, Interpolation = interpolation,
        });
}
