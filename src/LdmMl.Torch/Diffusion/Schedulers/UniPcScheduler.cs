using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="UniPcSampler"/> in diffusers.</summary>
internal sealed class UniPcScheduler() : SchedulerFormat("UniPCMultistepScheduler")
{
    /// <inheritdoc/>
    public override Version? RescalesSince => SchedulerVersions.Rescales;

    /// <inheritdoc/>
    public override double TerminalAlphaBar => 1.0 / (1 << 24);

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction)
    {
        if (keys.Has("solver_p"))
            throw keys.NotSupported("solver_p", "another solver for the first steps is not supported");
        var sampler = new UniPcSampler
        {
            Order = SchedulerSolvers.ReadOrder(keys),
            LowerOrderAtEnd = keys.Flag("lower_order_final", missing: true),
            Solved = keys.Flag("predict_x0", missing: true) ? Prediction.Start : Prediction.Epsilon,
            Basis = keys.Text("solver_type") == "bh1" ? UniPcBasis.Linear : UniPcBasis.Exponential,
            Uncorrected = keys.List<int>("disable_corrector") is { Length: > 0 } steps ? steps : null,
        };
        var settings = SchedulerSolvers.Read(
            keys, sampler, SchedulerLevels.ReadSpacing(keys, SchedulerLevels.Linspace), SchedulerSolvers.UsualEnd(keys));
        settings = SchedulerLevels.ReadCurveEnds(keys, settings);
        if (settings.SigmaCurve == SigmaCurve.Karras)
            settings = settings with { Details = settings.Details with { Rounding = TimeRounding.Nearest } };
        var limited = SchedulerLevels.ReadThreshold(keys, settings);
        return sampler.Solved == Prediction.Start ? limited : settings;
    }

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        var sampler = (UniPcSampler)settings.Sampler;
        SchedulerSolvers.Write(settings, json, sampler.Order, sampler.LowerOrderAtEnd);
        SchedulerLevels.WriteCurveEnds(settings, json);
        json["solver_type"] = sampler.Basis == UniPcBasis.Linear ? "bh1" : "bh2";
        json["predict_x0"] = sampler.Solved == Prediction.Start;
        if (sampler.Uncorrected is { Count: > 0 } steps)
            json["disable_corrector"] = new JsonArray([.. steps.Select(step => (JsonNode)step)]);
    }
}
