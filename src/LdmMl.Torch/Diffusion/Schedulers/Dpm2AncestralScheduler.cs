using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="Dpm2AncestralSampler"/> in diffusers.</summary>
internal sealed class Dpm2AncestralScheduler() : SchedulerFormat("KDPM2AncestralDiscreteScheduler")
{
    /// <inheritdoc/>
    public override (double First, double Last) UsualBetas => (0.00085, 0.012);

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction) =>
        Dpm2Scheduler.Read(keys, new Dpm2AncestralSampler { LargestFactor = double.PositiveInfinity });

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        SchedulerLevels.WriteCurve(settings, json);
    }
}
