using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>
/// <see cref="DpmSolverSampler"/>, <see cref="DpmSolverPlusPlus2MSampler"/> and <see cref="DpmSolverPlusPlus3MSampler"/> in diffusers.
/// </summary>
internal sealed class DpmMultistepScheduler() : SchedulerFormat("DPMSolverMultistepScheduler")
{
    private const string Algorithm = "algorithm_type";
    private const string Order = "solver_order";
    private const string Method = "solver_type";
    private const string LowerOrder = "lower_order_final";
    private const string Lambda = "lambda_min_clipped";

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction)
    {
        keys.RefuseFlag("use_lu_lambdas");
        keys.RefuseFlag("euler_at_final");
        if (keys.Text("variance_type") is { } type && type.StartsWith("learned", StringComparison.Ordinal))
            throw keys.NotSupported("variance_type", "the network would predict a variance too, which those of this library do not");
        var settings = SchedulerSolvers.Read(keys, ReadSampler(keys));
        return SchedulerLevels.ReadThreshold(keys, settings) with
        {
            Details = settings.Details with { SmallestLambda = keys.Number(Lambda) is { } smallest && double.IsFinite(smallest) ? smallest : null },
        };
    }

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        var (order, method, lowers, name, eta) = settings.Sampler switch
        {
            DpmSolverSampler solver => (solver.Order, solver.Method, solver.LowerOrderAtEnd, "dpmsolver", solver.Eta),
            DpmSolverPlusPlus2MSampler solver => (solver.Order, solver.Method, solver.LowerOrderAtEnd, "dpmsolver++", solver.Eta),
            // Third order with fresh noise is not there.
            DpmSolverPlusPlus3MSampler solver => (solver.Eta == 0 ? 3 : 2, solver.Method, solver.LowerOrderAtEnd, "dpmsolver++", solver.Eta),
            var other => throw new InvalidOperationException($"{other} has another class."),
        };
        SchedulerSolvers.Write(settings, json, order, lowers);
        json[Algorithm] = eta > 0 ? $"sde-{name}" : name;
        json[Method] = method == SecondOrder.Heun ? "heun" : "midpoint";
        if (settings.Details.SmallestLambda is { } smallest)
            json[Lambda] = smallest;
    }

    private static ISampler ReadSampler(SchedulerKeys keys)
    {
        var (order, lowers) = (keys.Whole(Order) ?? 2, keys.Flag(LowerOrder, missing: true));
        var method = keys.Text(Method) == "heun" ? SecondOrder.Heun : SecondOrder.Midpoint;
        var (isPlusPlus, eta) = keys.Choice(
            Algorithm, "dpmsolver++",
            ("dpmsolver++", (true, 0.0)), ("deis", (true, 0.0)), ("sde-dpmsolver++", (true, 1.0)),
            ("dpmsolver", (false, 0.0)), ("sde-dpmsolver", (false, 1.0)));
        if (order == 3 && eta > 0)
            throw keys.NotSupported(Order, $"with '{Algorithm}' {keys.Text(Algorithm)} it is at most 2 here");
        return (isPlusPlus, order) switch
        {
            (true, 3) => new DpmSolverPlusPlus3MSampler { Eta = eta, Method = method, LowerOrderAtEnd = lowers },
            (true, _) => new DpmSolverPlusPlus2MSampler { Eta = eta, Order = order, Method = method, LowerOrderAtEnd = lowers },
            (false, _) => new DpmSolverSampler { Eta = eta, Order = order, Method = method, LowerOrderAtEnd = lowers },
        };
    }
}
