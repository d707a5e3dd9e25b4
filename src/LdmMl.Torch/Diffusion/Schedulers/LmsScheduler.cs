using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="LmsSampler"/> in diffusers.</summary>
internal sealed class LmsScheduler() : SchedulerFormat("LMSDiscreteScheduler")
{
    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction) => SchedulerLevels.ReadOverSigmas(keys, new LmsSampler());

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        SchedulerLevels.WriteCurve(settings, json);
    }
}
