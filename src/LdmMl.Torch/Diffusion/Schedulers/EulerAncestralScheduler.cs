using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="EulerAncestralSampler"/> in diffusers.</summary>
internal sealed class EulerAncestralScheduler() : SchedulerFormat("EulerAncestralDiscreteScheduler")
{
    /// <inheritdoc/>
    public override Version? RescalesSince => SchedulerVersions.Rescales;

    /// <inheritdoc/>
    public override double TerminalAlphaBar => 1.0 / (1 << 24);

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction) =>
        SchedulerLevels.ReadOverSigmas(keys, new EulerAncestralSampler());

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json) => SchedulerLevels.WriteSpacing(settings, json);
}
