using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="Dpm2Sampler"/> in diffusers.</summary>
internal sealed class Dpm2Scheduler() : SchedulerFormat("KDPM2DiscreteScheduler")
{
    /// <inheritdoc/>
    public override (double First, double Last) UsualBetas => (0.00085, 0.012);

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction) =>
        SchedulerLevels.ReadOverSigmas(keys, new Dpm2Sampler());

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json) => SchedulerLevels.WriteSpacing(settings, json);
}
