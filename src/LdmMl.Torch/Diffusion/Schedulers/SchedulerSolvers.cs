using System.Text.Json.Nodes;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>The keys that the classes of multi-step solvers share.</summary>
internal static class SchedulerSolvers
{
    /// <summary>Reads the settings of a solver over timesteps.</summary>
    public static SamplingSettings Read(SchedulerKeys keys, ISampler sampler)
    {
        keys.RefuseFlag("use_flow_sigmas");
        keys.RefuseFlag("use_dynamic_shifting");
        keys.Ignore("flow_shift", "time_shift_type");
        return new()
        {
            Sampler = sampler,
            Spacing = SchedulerLevels.ReadSpacing(keys, SchedulerLevels.Linspace),
            SigmaCurve = SchedulerLevels.ReadCurve(keys),
            Details = new SchedulerDetails
            {
                Grid = SamplingGrid.Timesteps,
                TimestepOffset = keys.Whole("steps_offset") ?? 0,
                End = keys.Choice("final_sigmas_type", "sigma_min", ("zero", SamplingEnd.Clean), ("sigma_min", SamplingEnd.FirstStep)),
            },
        };
    }

    /// <summary>Writes the settings of a solver.</summary>
    public static void Write(SamplingSettings settings, JsonObject json, int order, bool lowerOrderAtEnd)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        SchedulerLevels.WriteCurve(settings, json);
        SchedulerLevels.WriteThreshold(settings, json);
        json["solver_order"] = order;
        json["lower_order_final"] = lowerOrderAtEnd;
        json["final_sigmas_type"] = settings.Grid == SamplingGrid.Sigmas || SchedulerLevels.EndsClean(settings) ? "zero" : "sigma_min";
    }
}
