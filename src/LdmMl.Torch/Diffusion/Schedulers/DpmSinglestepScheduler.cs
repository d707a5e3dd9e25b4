using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>The class of diffusers that is nearest to <see cref="DpmSolverPlusPlus2SAncestralSampler"/>.</summary>
internal sealed class DpmSinglestepScheduler() : SchedulerFormat("DPMSolverSinglestepScheduler")
{
    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction) =>
        SchedulerLevels.ReadThreshold(keys, SchedulerLevels.ReadOverSigmas(keys, new DpmSolverPlusPlus2SAncestralSampler { Eta = 0 }));

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        SchedulerLevels.WriteThreshold(settings, json);
        json["solver_order"] = 2;
    }
}
