using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>
/// <see cref="DpmSolverSinglestepSampler"/> in diffusers, and the class that is nearest to <see cref="DpmSolverPlusPlus2SAncestralSampler"/>.
/// </summary>
internal sealed class DpmSinglestepScheduler() : SchedulerFormat("DPMSolverSinglestepScheduler")
{
    private const string Algorithm = "algorithm_type";
    private const string Order = "solver_order";
    private const string Lambda = "lambda_min_clipped";

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction)
    {
        if (keys.Text("variance_type") is { } type && type.StartsWith("learned", StringComparison.Ordinal))
            throw keys.NotSupported("variance_type", "the network would predict a variance too, which this library does not support");
        var (solved, eta) = keys.Choice(
            Algorithm, "dpmsolver++",
            ("dpmsolver++", (Prediction.Start, 0.0)), ("deis", (Prediction.Start, 0.0)), ("sde-dpmsolver++", (Prediction.Start, 1.0)),
            ("dpmsolver", (Prediction.Epsilon, 0.0)));
        var sampler = new DpmSolverSinglestepSampler
        {
            Order = SchedulerSolvers.ReadOrder(keys),
            Solved = solved,
            Eta = eta,
            Method = keys.Text("solver_type") == "heun" ? SecondOrder.Heun : SecondOrder.Midpoint,
            LowerOrderAtEnd = keys.Flag("lower_order_final", missing: false),
        };
        if (sampler.Order == 3 && eta > 0)
            throw keys.NotSupported(Order, $"with '{Algorithm}' {keys.Text(Algorithm)} the largest order supported is 2");
        var missing = solved == Prediction.Epsilon ? SamplingEnd.FirstStep : SchedulerSolvers.UsualEnd(keys);
        var settings = SchedulerSolvers.Read(keys, sampler, TimestepSpacing.Linspace, missing);
        return SchedulerLevels.ReadThreshold(keys, settings with
        {
            Details = settings.Details with
            {
                TimestepOffset = 0,
                Rounding = settings.SigmaCurve == SigmaCurve.Karras ? TimeRounding.Nearest : null,
                SmallestLambda = keys.Number(Lambda) is { } smallest && double.IsFinite(smallest) ? smallest : null,
            },
        });
    }

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        SchedulerLevels.WriteThreshold(settings, json);
        if (settings.Sampler is not DpmSolverSinglestepSampler sampler)
        {
            json[Order] = 2;
            return;
        }

        SchedulerSolvers.Write(settings, json, sampler.Order, sampler.LowerOrderAtEnd);
        json[Algorithm] = sampler.Solved == Prediction.Epsilon ? "dpmsolver" : sampler.Eta > 0 ? "sde-dpmsolver++" : "dpmsolver++";
        json["solver_type"] = sampler.Method == SecondOrder.Heun ? "heun" : "midpoint";
        if (settings.Details.SmallestLambda is { } smallest)
            json[Lambda] = smallest;
    }
}
