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
    private const string Euler = "euler_at_final";
    private const string Lu = "use_lu_lambdas";

    /// <inheritdoc/>
    public override Version? RescalesSince => SchedulerVersions.Rescales;

    /// <inheritdoc/>
    public override double TerminalAlphaBar => 1.0 / (1 << 24);

    /// <inheritdoc/>
    public override SamplingSettings Read(SchedulerKeys keys, Prediction prediction)
    {
        if (keys.Text("variance_type") is { } type && type.StartsWith("learned", StringComparison.Ordinal))
            throw keys.NotSupported("variance_type", "the network would predict a variance too, which this library does not support");
        var sampler = ReadSampler(keys);
        // diffusers has no step to the clean image when solving for epsilon, and raises if a file asks for it or does not say.
        var settings = SchedulerSolvers.Read(
            keys, sampler, SchedulerLevels.ReadSpacing(keys, SchedulerLevels.Linspace),
            sampler is DpmSolverSampler ? SamplingEnd.FirstStep : SchedulerSolvers.UsualEnd(keys));
        settings = SchedulerLevels.ReadThreshold(keys, WithLu(keys, settings));
        return settings with
        {
            Details = settings.Details with { SmallestLambda = keys.Number(Lambda) is { } smallest && double.IsFinite(smallest) ? smallest : null },
        };
    }

    /// <inheritdoc/>
    public override void Write(SamplingSettings settings, JsonObject json)
    {
        var (order, method, lowers, euler, name, eta) = settings.Sampler switch
        {
            DpmSolverSampler own => (own.Order, own.Method, own.LowerOrderAtEnd, own.EulerAtEnd, "dpmsolver", own.Eta),
            DpmSolverPlusPlus2MSampler own => (own.Order, own.Method, own.LowerOrderAtEnd, own.EulerAtEnd, "dpmsolver++", own.Eta),
            // Third order with fresh noise is not supported.
            DpmSolverPlusPlus3MSampler own => (own.Eta == 0 ? 3 : 2, own.Method, own.LowerOrderAtEnd, own.EulerAtEnd, "dpmsolver++", own.Eta),
            var other => throw new InvalidOperationException($"{other} belongs to another class."),
        };
        SchedulerSolvers.Write(settings, json, order, lowers);
        json[Algorithm] = eta > 0 ? $"sde-{name}" : name;
        if (settings is { SigmaCurve: SigmaCurve.Exponential, Details.Rounding: not null })
            (json[SchedulerLevels.Exponential], json[Lu]) = (false, true);
        if (euler)
            json[Euler] = true;
        json[Method] = method == SecondOrder.Heun ? "heun" : "midpoint";
        if (settings.Details.SmallestLambda is { } smallest)
            json[Lambda] = smallest;
    }

    private static ISampler ReadSampler(SchedulerKeys keys)
    {
        var (order, lowers) = (SchedulerSolvers.ReadOrder(keys), keys.Flag(LowerOrder, missing: true));
        var method = keys.Text(Method) == "heun" ? SecondOrder.Heun : SecondOrder.Midpoint;
        var (isPlusPlus, eta) = keys.Choice(
            Algorithm, "dpmsolver++",
            ("dpmsolver++", (true, 0.0)), ("deis", (true, 0.0)), ("sde-dpmsolver++", (true, 1.0)),
            ("dpmsolver", (false, 0.0)), ("sde-dpmsolver", (false, 1.0)));
        if (order == 3 && eta > 0)
            throw keys.NotSupported(Order, $"with '{Algorithm}' {keys.Text(Algorithm)} the largest order supported is 2");
        var euler = keys.Flag(Euler, missing: false);
        return (isPlusPlus, order) switch
        {
            (true, 3) => new DpmSolverPlusPlus3MSampler { Eta = eta, Method = method, LowerOrderAtEnd = lowers, EulerAtEnd = euler },
            (true, _) => new DpmSolverPlusPlus2MSampler { Eta = eta, Order = order, Method = method, LowerOrderAtEnd = lowers, EulerAtEnd = euler },
            (false, _) => new DpmSolverSampler { Eta = eta, Order = order, Method = method, LowerOrderAtEnd = lowers, EulerAtEnd = euler },
        };
    }

    // Uniform in lambda means uniform in ln sigma, starting at the float32 value of the largest; times are rounded as for Karras' curve.
    private SamplingSettings WithLu(SchedulerKeys keys, SamplingSettings settings)
    {
        if (!keys.Flag(Lu, missing: false))
            return settings;
        if (settings.SigmaCurve != SigmaCurve.Schedule)
            throw keys.NotSupported(Lu, "two curves at once are not supported");
        var rounding = keys.Text("beta_schedule") == "squaredcos_cap_v2" ? TimeRounding.Down : TimeRounding.Nearest;
        var largest = Math.Exp(new SigmaTable(new NoiseSchedule(SchedulerBetas.Read(keys, this))).LogSigmas[^1]);
        return settings with
        {
            SigmaCurve = SigmaCurve.Exponential, Details = settings.Details with { Rounding = rounding, LargestSigma = largest },
        };
    }
}
