using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="PndmSampler"/> and <see cref="PlmsSampler"/> in diffusers.</summary>
internal sealed class PndmScheduler() : SchedulerFormat("PNDMScheduler")
{
    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction)
    {
        var averaged = prediction == Prediction.Velocity ? prediction : Prediction.Epsilon;
        const double Unlimited = double.PositiveInfinity;
        return SchedulerLevels.ReadOverStrides(
            keys,
            keys.Flag("skip_prk_steps", missing: false)
                ? new PlmsSampler { Averaged = averaged, LargestFactor = Unlimited } : new PndmSampler { Averaged = averaged, LargestFactor = Unlimited },
            clean: keys.Flag("set_alpha_to_one", missing: false));
    }

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        json["skip_prk_steps"] = settings.Sampler is PlmsSampler;
        json["set_alpha_to_one"] = SchedulerLevels.EndsClean(settings);
    }
}
