using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="Dpm2Sampler"/> in diffusers.</summary>
internal sealed class Dpm2Scheduler() : SchedulerFormat("KDPM2DiscreteScheduler")
{
    /// <inheritdoc/>
    public override (double First, double Last) UsualBetas => (0.00085, 0.012);

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction) => Read(keys, new Dpm2Sampler { LargestFactor = double.PositiveInfinity });

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        SchedulerLevels.WriteCurve(settings, json);
    }

    /// <summary>Reads the keys of both classes of this method.</summary>
    public static SamplingSettings Read(SchedulerKeys keys, ISampler sampler)
    {
        var settings = SchedulerLevels.ReadOverSigmas(keys, sampler);
        return settings.SigmaCurve == SigmaCurve.Karras
            ? settings with { Details = settings.Details with { Rounding = TimeRounding.Nearest } } : settings;
    }
}
