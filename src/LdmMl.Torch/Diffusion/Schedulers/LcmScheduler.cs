using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="LcmSampler"/> in diffusers.</summary>
internal sealed class LcmScheduler() : SchedulerFormat("LCMScheduler")
{
    private static readonly Version First = new(0, 22, 0);
    private static readonly Version Even = new(0, 24, 0);

    /// <inheritdoc/>
    public override (double First, double Last) UsualBetas => (0.00085, 0.012);

    /// <inheritdoc/>
    public override Version? RescalesSince => new(0, 0);

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction)
    {
        keys.Flag("set_alpha_to_one", missing: true);                  // without effect: the last step always ends at the clean latent
        keys.Whole("steps_offset");                                    // without effect: the timesteps are the teacher's
        keys.Text("timestep_spacing");
        var settings = new SamplingSettings
        {
            Sampler = new LcmSampler
            {
                OriginalSteps = keys.Whole("original_inference_steps") ?? 50,
                TimestepScaling = keys.Number("timestep_scaling") ?? 10,
                WholeStride = keys.IsOlderThan(Even, First),
            },
        };
        return SchedulerLevels.ReadClip(keys, SchedulerLevels.ReadThreshold(keys, settings), missing: false);
    }

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        var sampler = (LcmSampler)settings.Sampler;
        SchedulerLevels.WriteThreshold(settings, json);
        SchedulerLevels.WriteClip(settings, json);
        json["original_inference_steps"] = sampler.OriginalSteps;
        json["timestep_scaling"] = sampler.TimestepScaling;
    }
}
