using CsCheck;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Tests.Diffusion;

/// <summary>Valid settings of every kind, drawn from the same table that checks them.</summary>
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
            Betas = curve == BetaCurve.Given ? [.. Enumerable.Range(1, steps).Select(step => step * 0.01)] : null,
        });

    public static Gen<SamplingSettings> Of(SamplerKind kind) => Gen.Select(Levels(kind), Noise(kind), Limits, (levels, noise, limits) => levels with
    {
        Eta = noise.Eta,
        Order = noise.Order,
        Churn = noise.Churn,
        Temperature = noise.Temperature,
        ClipRange = limits.Clip,
        DynamicThresholdRatio = limits.Clip is null ? limits.Ratio : null,
        DynamicThresholdMaximum = limits.Maximum,
    });

    private static readonly Gen<(double? Clip, double? Ratio, double Maximum)> Limits = Gen.Select(
        Gen.Nullable(Gen.Double[0.5, 3]), Gen.Nullable(Gen.Double[0.5, 1]), Gen.Double[1, 4]);

    private static Gen<(double? Eta, int? Order, Churn Churn, double Temperature)> Noise(SamplerKind kind)
    {
        var traits = SamplerTraits.Of(kind);
        var eta = traits.LargestEta > 0 ? Gen.Nullable(Gen.Double[0, Math.Min(traits.LargestEta, 2)]) : Gen.Const((double?)null);
        // Third order goes without fresh noise.
        var order = traits.LargestOrder > 0 ? Gen.Nullable(Gen.Int[1, traits.LargestEta > 0 ? 2 : traits.LargestOrder]) : Gen.Const((int?)null);
        var churn = traits.Churns ? Gen.Double[0, 5].Select(amount => new Churn { Amount = amount }) : Gen.Const(Churn.None);
        return Gen.Select(eta, order, churn, Gen.Double[0, 2]);
    }

    private static Gen<SamplingSettings> Levels(SamplerKind kind)
    {
        var traits = SamplerTraits.Of(kind);
        var curves = traits.Grids.Contains(SamplingGrid.Sigmas) ? Gen.Enum<SigmaCurve>() : Gen.Const(SigmaCurve.Schedule);
        return Gen.Select(
            Gen.Int[1, 30], Gen.Nullable(Gen.Enum<TimestepSpacing>()), curves, Details(traits),
            (steps, spacing, curve, details) => new SamplingSettings
            {
                Sampler = kind, Steps = steps, Spacing = spacing, SigmaCurve = curve, Details = details,
            });
    }

    private static Gen<SchedulerDetails> Details(SamplerTraits traits) => Gen.Select(
        Gen.Select(
            Gen.Nullable(Gen.Int[0, traits.Grids.Length - 1].Select(i => traits.Grids[i])),
            Gen.Nullable(Gen.Enum<SamplingEnd>()), Gen.Enum<StepTarget>(), Gen.Int[0, 3]),
        Gen.Select(Gen.Enum<SigmaInterpolation>(), Gen.Nullable(Gen.Enum<SecondOrder>()), Gen.Bool, Gen.Enum<Prediction>(), Gen.Double[0, 1]),
        Gen.Select(Gen.Bool, Gen.Enum<UniPcBasis>(), Gen.Nullable(Gen.Int[0, 5])),
        (levels, solver, unipc) => new SchedulerDetails
        {
            Grid = levels.Item1,
            End = levels.Item2,
            Target = levels.Item3,
            TimestepOffset = levels.Item4,
            Interpolation = solver.Item1,
            SecondOrder = solver.Item2,
            LowerOrderAtEnd = solver.Item3,
            Averaged = solver.Item4,
            BetaShare = solver.Item5,
            Solved = unipc.Item1 ? Prediction.Start : Prediction.Epsilon,
            Basis = unipc.Item2,
            Uncorrected = unipc.Item3 is { } step ? [step] : null,
        });
}
