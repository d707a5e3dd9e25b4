using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="DeisSampler"/> in diffusers, which always ends at the first step.</summary>
internal sealed class DeisScheduler() : SchedulerFormat("DEISMultistepScheduler")
{
    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction)
    {
        keys.Choice("algorithm_type", "deis", ("deis", true), ("dpmsolver", true), ("dpmsolver++", true));
        keys.Choice("solver_type", "logrho", ("logrho", true), ("midpoint", true), ("heun", true), ("bh1", true), ("bh2", true));
        keys.Ignore("final_sigmas_type");
        var sampler = new DeisSampler { Order = SchedulerSolvers.ReadOrder(keys), LowerOrderAtEnd = keys.Flag("lower_order_final", missing: true) };
        var settings = SchedulerSolvers.Read(
            keys, sampler, SchedulerLevels.ReadSpacing(keys, SchedulerLevels.Linspace), SamplingEnd.FirstStep);
        return SchedulerLevels.ReadThreshold(keys, settings with
        {
            Details = settings.Details with
            {
                End = SamplingEnd.FirstStep, Rounding = settings.SigmaCurve == SigmaCurve.Karras ? TimeRounding.Nearest : null,
            },
        });
    }

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        var sampler = (DeisSampler)settings.Sampler;
        SchedulerSolvers.Write(settings, json, sampler.Order, sampler.LowerOrderAtEnd);
        json["algorithm_type"] = "deis";
        json["solver_type"] = "logrho";
    }
}
