using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="EulerSampler"/> in diffusers.</summary>
internal sealed class EulerScheduler() : SchedulerFormat("EulerDiscreteScheduler")
{
    private const string Interpolation = "interpolation_type";
    private const string TimestepType = "timestep_type";

    /// <inheritdoc/>
    public override Version? RescalesSince => SchedulerVersions.Rescales;

    /// <inheritdoc/>
    public override double TerminalAlphaBar => 1.0 / (1 << 24);

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction)
    {
        var settings = SchedulerLevels.ReadCurveEnds(keys, WithLogLinear(keys, SchedulerLevels.ReadOverSigmas(keys, new EulerSampler())));
        var end = SchedulerSolvers.ReadEnd(keys, SamplingEnd.Clean);
        if (end == SamplingEnd.FirstStep && settings.Details.SmallestSigma is { } smallest && smallest < FirstSigma(keys))
            throw keys.NotSupported("sigma_min", "with this 'final_sigmas_type' it must not be below the schedule's smallest sigma, at which sampling ends");
        var continuous = keys.Choice(TimestepType, "discrete", ("discrete", false), ("continuous", true));
        return settings with
        {
            Details = settings.Details with
            {
                End = end == SamplingEnd.FirstStep ? end : null,
                ContinuousTimes = continuous && prediction == Prediction.Velocity,
            },
        };
    }

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        SchedulerLevels.WriteCurve(settings, json);
        SchedulerSolvers.WriteEnd(settings, json);
        json[Interpolation] = settings.SigmaCurve == SigmaCurve.LogLinear ? "log_linear" : "linear";
        json[TimestepType] = settings.Details.ContinuousTimes ? "continuous" : "discrete";
        SchedulerLevels.WriteCurveEnds(settings, json);
    }

    private double FirstSigma(SchedulerKeys keys) => new SigmaTable(new NoiseSchedule(SchedulerBetas.Read(keys, this))).Sigmas[0];

    // With another curve only its ends matter, which are those of the whole schedule.
    private static SamplingSettings WithLogLinear(SchedulerKeys keys, SamplingSettings settings)
    {
        if (!keys.Choice(Interpolation, "linear", ("linear", false), ("log_linear", true)))
            return settings;
        if (settings.SigmaCurve == SigmaCurve.Schedule)
            return settings with { SigmaCurve = SigmaCurve.LogLinear };
        return settings.Spacing == TimestepSpacing.Linspace
            ? settings : throw keys.NotSupported(Interpolation, "with another curve it needs linspace spacing");
    }
}
