using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="DdpmSampler"/> in diffusers.</summary>
internal sealed class DdpmScheduler() : SchedulerFormat("DDPMScheduler", "DDPMParallelScheduler")
{
    private const string Learned = "learned";

    /// <inheritdoc/>
    public override Version? RescalesSince => SchedulerVersions.Rescales;

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction)
    {
        if (keys.Text("variance_type") is { } type && type.StartsWith(Learned, StringComparison.Ordinal))
            throw keys.NotSupported("variance_type", "the network would predict a variance too, which this library does not support");
        var share = keys.Choice(
            "variance_type", "fixed_small", ("fixed_small", 0.0), ("fixed_small_log", 0.0), ("fixed_large", 1.0), ("fixed_large_log", 1.0));
        var settings = SchedulerLevels.ReadOverStrides(keys, new DdpmSampler { BetaShare = share, NoiseAtEnd = share > 0 }, clean: true);
        if (!keys.IsOlderThan(SchedulerVersions.DdpmToNextTimestep, since: new Version(0, 0)) || settings.Spacing == TimestepSpacing.Leading)
            settings = settings with { Details = settings.Details with { Target = StepTarget.NextTimestep } };
        return SchedulerLevels.ReadClip(keys, SchedulerLevels.ReadThreshold(keys, settings), missing: true);
    }

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        SchedulerLevels.WriteThreshold(settings, json);
        SchedulerLevels.WriteClip(settings, json);
        json["variance_type"] = settings.Sampler is DdpmSampler { BetaShare: < 0.5 } ? "fixed_small" : "fixed_large";
    }
}
