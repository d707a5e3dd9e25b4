using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>Turns diffusers' names into this library's. What a file leaves out is the default of its class.</summary>
internal static class SchedulerReading
{
    public static DiffusersScheduler Read(DiffusersSchedulerConfig config)
    {
        var prediction = ReadPrediction(config.PredictionType);
        return new DiffusersScheduler(SchedulerBetas.Read(config), prediction, ReadSampling(config, prediction));
    }

    private static SamplingSettings ReadSampling(DiffusersSchedulerConfig config, Prediction prediction) => config.ClassName switch
    {
        SchedulerClass.Ddim => Clipped(config, OverStrides(config, SamplerKind.Ddim, clean: config.SetAlphaToOne ?? true)),
        SchedulerClass.Ddpm => Clipped(config, Ddpm(config)),
        SchedulerClass.Pndm => Pndm(config, prediction),
        SchedulerClass.Euler => OverSigmas(config, SamplerKind.Euler),
        SchedulerClass.EulerAncestral => OverSigmas(config, SamplerKind.EulerAncestral),
        SchedulerClass.Heun => ClippedIfAsked(config, OverSigmas(config, SamplerKind.Heun)),
        SchedulerClass.Dpm2 => OverSigmas(config, SamplerKind.Dpm2),
        SchedulerClass.Lms => OverSigmas(config, SamplerKind.Lms),
        SchedulerClass.DpmSolver => Thresholded(config, DpmSolver(config)),
        SchedulerClass.DpmSolverSingle => Thresholded(config, OverSigmas(config, SamplerKind.DpmSolverPlusPlus2SAncestral) with { Eta = 0 }),
        SchedulerClass.UniPc => config.PredictX0 ?? true ? Thresholded(config, UniPc(config)) : UniPc(config),
        var other => throw new InvalidDataException($"its '_class_name' is '{other}'; supported are {string.Join(", ", SchedulerClass.All)}."),
    };

    private static SamplingSettings OverStrides(DiffusersSchedulerConfig config, SamplerKind kind, bool clean) => new()
    {
        Sampler = kind,
        Spacing = ReadSpacing(config.TimestepSpacing ?? "leading"),
        Details = new SchedulerDetails
        {
            Target = StepTarget.Stride,
            TimestepOffset = config.StepsOffset ?? 0,
            End = clean ? SamplingEnd.Clean : SamplingEnd.FirstStep,
        },
    };

    private static SamplingSettings Ddpm(DiffusersSchedulerConfig config)
    {
        var settings = OverStrides(config, SamplerKind.Ddpm, clean: true);
        var share = config.VarianceType switch
        {
            null or "fixed_small" or "fixed_small_log" => 0,
            "fixed_large" or "fixed_large_log" => 1,
            var other => throw new InvalidDataException(
                $"its 'variance_type' is '{other}': the network would predict a variance too, which those of this library do not."),
        };
        return settings with { Details = settings.Details with { BetaShare = share } };
    }

    private static SamplingSettings Pndm(DiffusersSchedulerConfig config, Prediction prediction)
    {
        var kind = config.SkipPrkSteps ?? false ? SamplerKind.Plms : SamplerKind.Pndm;
        var settings = OverStrides(config, kind, clean: config.SetAlphaToOne ?? false);
        return settings with { Details = settings.Details with { Averaged = prediction == Prediction.Velocity ? prediction : Prediction.Epsilon } };
    }

    private static SamplingSettings OverSigmas(DiffusersSchedulerConfig config, SamplerKind kind) => new()
    {
        Sampler = kind,
        Spacing = ReadSpacing(config.TimestepSpacing ?? "linspace"),
        SigmaCurve = ReadCurve(config),
        Details = new SchedulerDetails { TimestepOffset = config.StepsOffset ?? 0, Interpolation = SigmaInterpolation.Linear },
    };

    private static SamplingSettings DpmSolver(DiffusersSchedulerConfig config)
    {
        var order = config.SolverOrder ?? 2;
        var (kind, eta) = (config.AlgorithmType ?? "dpmsolver++") switch
        {
            "dpmsolver++" or "deis" => order == 3 ? (SamplerKind.DpmSolverPlusPlus3MSde, 0) : (SamplerKind.DpmSolverPlusPlus2M, null),
            "sde-dpmsolver++" => (SamplerKind.DpmSolverPlusPlus2MSde, null),
            "dpmsolver" => (SamplerKind.DpmSolver, null),
            "sde-dpmsolver" => (SamplerKind.DpmSolver, (double?)1),
            var other => throw new InvalidDataException(
                $"its 'algorithm_type' is '{other}'; supported are dpmsolver++, dpmsolver, sde-dpmsolver++ and sde-dpmsolver."),
        };
        var settings = OverSolverTimesteps(config, kind);
        return settings with
        {
            Eta = eta,
            Order = kind == SamplerKind.DpmSolverPlusPlus3MSde ? null : order,
            Details = settings.Details with
            {
                SecondOrder = config.SolverType == "heun" ? SecondOrder.Heun : SecondOrder.Midpoint,
                SmallestLambda = config.LambdaMinClipped is { } smallest && double.IsFinite(smallest) ? smallest : null,
            },
        };
    }

    private static SamplingSettings UniPc(DiffusersSchedulerConfig config)
    {
        var settings = OverSolverTimesteps(config, SamplerKind.UniPc);
        return settings with
        {
            Order = config.SolverOrder ?? 2,
            Details = settings.Details with
            {
                Solved = config.PredictX0 ?? true ? Prediction.Start : Prediction.Epsilon,
                Basis = config.SolverType == "bh1" ? UniPcBasis.Linear : UniPcBasis.Exponential,
                Uncorrected = config.DisableCorrector is { Length: > 0 } steps ? steps : null,
            },
        };
    }

    private static SamplingSettings OverSolverTimesteps(DiffusersSchedulerConfig config, SamplerKind kind) => new()
    {
        Sampler = kind,
        Spacing = ReadSpacing(config.TimestepSpacing ?? "linspace"),
        SigmaCurve = ReadCurve(config),
        Details = new SchedulerDetails
        {
            Grid = SamplingGrid.Timesteps,
            TimestepOffset = config.StepsOffset ?? 0,
            LowerOrderAtEnd = config.LowerOrderFinal ?? true,
            End = config.FinalSigmasType == "zero" ? SamplingEnd.Clean : SamplingEnd.FirstStep,
        },
    };

    // Thresholding comes before clipping, which is on unless a file of these classes says otherwise.
    private static SamplingSettings Clipped(DiffusersSchedulerConfig config, SamplingSettings settings) =>
        config.Thresholding ?? false ? Thresholded(config, settings)
        : config.ClipSample ?? true ? settings with { ClipRange = config.ClipSampleRange ?? 1 }
        : settings;

    private static SamplingSettings ClippedIfAsked(DiffusersSchedulerConfig config, SamplingSettings settings) =>
        config.ClipSample ?? false ? settings with { ClipRange = config.ClipSampleRange ?? 1 } : settings;

    private static SamplingSettings Thresholded(DiffusersSchedulerConfig config, SamplingSettings settings) => config.Thresholding ?? false
        ? settings with { DynamicThresholdRatio = config.DynamicThresholdingRatio ?? 0.995, DynamicThresholdMaximum = config.SampleMaxValue ?? 1 }
        : settings;

    private static Prediction ReadPrediction(string? name) => name switch
    {
        null or "epsilon" => Prediction.Epsilon,
        "sample" or "original_sample" => Prediction.Start,
        "v_prediction" => Prediction.Velocity,
        _ => throw new InvalidDataException($"its 'prediction_type' is '{name}'; supported are epsilon, sample and v_prediction."),
    };

    private static TimestepSpacing ReadSpacing(string name) => name switch
    {
        "leading" => TimestepSpacing.Leading,
        "trailing" => TimestepSpacing.Trailing,
        "linspace" => TimestepSpacing.Linspace,
        _ => throw new InvalidDataException($"its 'timestep_spacing' is '{name}'; supported are leading, trailing and linspace."),
    };

    private static SigmaCurve ReadCurve(DiffusersSchedulerConfig config) =>
        config.UseKarrasSigmas ?? false ? SigmaCurve.Karras
        : (config.UseExponentialSigmas ?? false) || config.InterpolationType == "log_linear" ? SigmaCurve.Exponential
        : SigmaCurve.Schedule;
}
