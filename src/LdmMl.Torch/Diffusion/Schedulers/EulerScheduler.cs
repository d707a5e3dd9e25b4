using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="EulerSampler"/> in diffusers.</summary>
internal sealed class EulerScheduler() : SchedulerFormat("EulerDiscreteScheduler")
{
    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction)
    {
        var settings = SchedulerLevels.ReadOverSigmas(keys, new EulerSampler());
        var isLogLinear = keys.Choice("interpolation_type", "linear", ("linear", false), ("log_linear", true));
        return isLogLinear && settings.SigmaCurve == SigmaCurve.Schedule ? settings with { SigmaCurve = SigmaCurve.Exponential } : settings;
    }

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        SchedulerLevels.WriteCurve(settings, json);
    }
}
