using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="HeunSampler"/> in diffusers.</summary>
internal sealed class HeunScheduler() : SchedulerFormat("HeunDiscreteScheduler")
{
    /// <inheritdoc/>
    public override (double First, double Last) UsualBetas => (0.00085, 0.012);

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction) =>
        SchedulerLevels.ReadClip(keys, SchedulerLevels.ReadOverSigmas(keys, new HeunSampler { LargestFall = double.PositiveInfinity }), missing: false);

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        SchedulerLevels.WriteCurve(settings, json);
        SchedulerLevels.WriteClip(settings, json);
    }
}
