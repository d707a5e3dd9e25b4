using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>Turns this library's names into diffusers', as near as they come.</summary>
internal static class SchedulerWriting
{
    public static DiffusersSchedulerConfig Write(DiffusersScheduler scheduler)
    {
        var settings = scheduler.Sampling;
        var config = new DiffusersSchedulerConfig
        {
            ClassName = SchedulerClass.Of(settings.Sampler),
            DiffusersVersion = DiffusersFolder.Version,
            PredictionType = scheduler.Prediction switch
            {
                Prediction.Epsilon => "epsilon",
                Prediction.Start => "sample",
                _ => "v_prediction",
            },
        };
        return WithSampler(SchedulerBetas.Write(WithSpacing(config, settings), scheduler.Schedule), settings);
    }

    // Uniform spacing is leading with an offset of one where S divides T.
    private static DiffusersSchedulerConfig WithSpacing(DiffusersSchedulerConfig config, SamplingSettings settings) =>
        (settings.Spacing ?? settings.Traits.Spacing) switch
        {
            TimestepSpacing.Trailing => config with { TimestepSpacing = "trailing", StepsOffset = settings.Details.TimestepOffset },
            TimestepSpacing.Linspace => config with { TimestepSpacing = "linspace", StepsOffset = settings.Details.TimestepOffset },
            TimestepSpacing.Leading => config with { TimestepSpacing = "leading", StepsOffset = settings.Details.TimestepOffset },
            _ => config with { TimestepSpacing = "leading", StepsOffset = 1 },
        };

    private static DiffusersSchedulerConfig WithSampler(DiffusersSchedulerConfig config, SamplingSettings settings) => config.ClassName switch
    {
        SchedulerClass.Ddim => Clipped(config, settings) with { SetAlphaToOne = EndsClean(settings) },
        SchedulerClass.Ddpm => Clipped(config, settings) with { VarianceType = settings.Details.BetaShare < 0.5 ? "fixed_small" : "fixed_large" },
        SchedulerClass.Pndm => config with { SkipPrkSteps = settings.Sampler == SamplerKind.Plms, SetAlphaToOne = EndsClean(settings) },
        SchedulerClass.Heun => Curved(config, settings) with
        {
            ClipSample = settings.ClipRange is not null,
            ClipSampleRange = settings.ClipRange ?? 1,
        },
        SchedulerClass.Euler or SchedulerClass.Lms => Curved(config, settings),
        SchedulerClass.DpmSolver => Solver(config, settings) with
        {
            AlgorithmType = Algorithm(settings),
            SolverType = (settings.Details.SecondOrder ?? settings.Traits.UsualMethod) == SecondOrder.Heun ? "heun" : "midpoint",
            LambdaMinClipped = settings.Details.SmallestLambda,
        },
        SchedulerClass.UniPc => Solver(config, settings) with
        {
            SolverType = settings.Details.Basis == UniPcBasis.Linear ? "bh1" : "bh2",
            PredictX0 = settings.Details.Solved == Prediction.Start,
            DisableCorrector = settings.Details.Uncorrected is { Count: > 0 } steps ? [.. steps] : null,
        },
        SchedulerClass.DpmSolverSingle => Thresholded(config, settings) with { SolverOrder = 2 },
        _ => config,
    };

    private static string Algorithm(SamplingSettings settings)
    {
        var stochastic = (settings.Eta ?? settings.Traits.UsualEta) > 0;
        var algorithm = settings.Sampler == SamplerKind.DpmSolver ? "dpmsolver" : "dpmsolver++";
        return stochastic ? $"sde-{algorithm}" : algorithm;
    }

    private static DiffusersSchedulerConfig Solver(DiffusersSchedulerConfig config, SamplingSettings settings)
    {
        var third = settings.Sampler == SamplerKind.DpmSolverPlusPlus3MSde;
        return Thresholded(Curved(config, settings), settings) with
        {
            // Third order with fresh noise is not there.
            SolverOrder = third ? (settings.Eta == 0 ? 3 : 2) : settings.Order ?? settings.Traits.UsualOrder,
            LowerOrderFinal = settings.Details.LowerOrderAtEnd,
            FinalSigmasType = settings.Grid == SamplingGrid.Sigmas || EndsClean(settings) ? "zero" : "sigma_min",
        };
    }

    private static DiffusersSchedulerConfig Curved(DiffusersSchedulerConfig config, SamplingSettings settings) => config with
    {
        UseKarrasSigmas = settings.SigmaCurve == SigmaCurve.Karras,
        UseExponentialSigmas = settings.SigmaCurve == SigmaCurve.Exponential ? true : null,
    };

    private static DiffusersSchedulerConfig Clipped(DiffusersSchedulerConfig config, SamplingSettings settings) => Thresholded(config, settings) with
    {
        ClipSample = settings.ClipRange is not null,
        ClipSampleRange = settings.ClipRange ?? 1,
    };

    private static DiffusersSchedulerConfig Thresholded(DiffusersSchedulerConfig config, SamplingSettings settings) => config with
    {
        Thresholding = settings.DynamicThresholdRatio is not null,
        DynamicThresholdingRatio = settings.DynamicThresholdRatio ?? 0.995,
        SampleMaxValue = settings.DynamicThresholdMaximum,
    };

    private static bool EndsClean(SamplingSettings settings) => (settings.Details.End ?? settings.Traits.End) == SamplingEnd.Clean;
}
