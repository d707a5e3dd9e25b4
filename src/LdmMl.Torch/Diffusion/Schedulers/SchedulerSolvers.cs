using System.Text.Json.Nodes;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>The keys that the classes of multi-step solvers share.</summary>
internal static class SchedulerSolvers
{
    private const string FinalSigma = "final_sigmas_type";
    private const string Zero = "zero";
    private const string SigmaMin = "sigma_min";
    private const string Order = "solver_order";
    private const int UsualOrder = 2;
    private const int LargestOrder = 3;

    /// <summary>Reads the settings of a solver over timesteps.</summary>
    /// <param name="keys">The file.</param>
    /// <param name="sampler">The sampler.</param>
    /// <param name="spacing">The timesteps that it takes.</param>
    /// <param name="missing">Its end if the file does not say.</param>
    public static SamplingSettings Read(SchedulerKeys keys, ISampler sampler, TimestepSpacing spacing, SamplingEnd missing)
    {
        var curve = SchedulerLevels.ReadCurve(keys);
        keys.RefuseFlag("use_flow_sigmas");
        keys.RefuseFlag("use_dynamic_shifting");
        keys.Ignore("flow_shift", "time_shift_type");
        return new()
        {
            Sampler = sampler,
            Spacing = spacing,
            SigmaCurve = curve,
            Details = new SchedulerDetails
            {
                Grid = SamplingGrid.Timesteps,
                TimestepOffset = keys.Whole("steps_offset") ?? 0,
                End = ReadEnd(keys, missing),
                SnapsToSteps = curve != SigmaCurve.Schedule && keys.IsOlderThan(SchedulerVersions.ExactCurves, SchedulerVersions.Solvers),
            },
        };
    }

    /// <summary>Reads the order, 1 to 3.</summary>
    /// <exception cref="NotSupportedException">It is out of range.</exception>
    public static int ReadOrder(SchedulerKeys keys) =>
        keys.Whole(Order) is var order and (null or >= 1 and <= LargestOrder)
            ? order ?? UsualOrder : throw keys.NotSupported(Order, $"supported are 1 to {LargestOrder}");

    /// <summary>Gets where sampling ends if the file does not say.</summary>
    public static SamplingEnd UsualEnd(SchedulerKeys keys) =>
        keys.IsOlderThan(SchedulerVersions.EndsClean, SchedulerVersions.Solvers) ? SamplingEnd.FirstStep : SamplingEnd.Clean;

    public static SamplingEnd ReadEnd(SchedulerKeys keys, SamplingEnd missing) => keys.Choice(
        FinalSigma, missing == SamplingEnd.Clean ? Zero : SigmaMin, (Zero, SamplingEnd.Clean), (SigmaMin, SamplingEnd.FirstStep));

    /// <summary>Writes the settings of a solver.</summary>
    public static void Write(SamplingSettings settings, JsonObject json, int order, bool lowerOrderAtEnd)
    {
        SchedulerLevels.WriteSpacing(settings, json);
        SchedulerLevels.WriteCurve(settings, json);
        SchedulerLevels.WriteThreshold(settings, json);
        json[Order] = order;
        json["lower_order_final"] = lowerOrderAtEnd;
        WriteEnd(settings, json);
    }

    public static void WriteEnd(SamplingSettings settings, JsonObject json)
    {
        var isClean = settings.Grid == SamplingGrid.Sigmas ? settings.Details.End != SamplingEnd.FirstStep : SchedulerLevels.EndsClean(settings);
        json[FinalSigma] = isClean ? Zero : SigmaMin;
    }
}
