using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="DdimSampler"/> in diffusers.</summary>
internal sealed class DdimScheduler() : SchedulerFormat("DDIMScheduler", "DDIMParallelScheduler")
{
    /// <inheritdoc/>
    public override Version? RescalesSince => new(0, 0);

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction)
    {
        var settings = SchedulerLevels.ReadOverStrides(keys, new DdimSampler(), clean: keys.Flag("set_alpha_to_one", missing: true));
        return SchedulerLevels.ReadClip(keys, SchedulerLevels.ReadThreshold(keys, settings), missing: true);
    }

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        SchedulerLevels.WriteThreshold(settings, json);
        SchedulerLevels.WriteClip(settings, json);
        json["set_alpha_to_one"] = SchedulerLevels.EndsClean(settings);
    }
}
