using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Tests.Diffusion;

/// <summary>Every sampler with every choice it has, out of the table that says what it has: a new kind cannot be forgotten.</summary>
internal static class SamplerCases
{
    public static IReadOnlyDictionary<string, SamplingSettings> All { get; } =
        Enum.GetValues<SamplerKind>().SelectMany(Of).ToDictionary(settings => Name(settings), StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Gets the names of those that differ in the noise they draw.</summary>
    public static TheoryData<string> Noises => [.. All.Where(pair => DiffersInNoise(pair.Value)).Select(pair => pair.Key)];

    /// <summary>Gets the names of those that draw no noise that counts: with them the first state decides the last.</summary>
    public static TheoryData<string> Deterministic => [.. All.Where(pair => IsDeterministic(pair.Value)).Select(pair => pair.Key)];

    /// <summary>Gets the names of the others.</summary>
    public static TheoryData<string> Stochastic => [.. All.Where(pair => !IsDeterministic(pair.Value)).Select(pair => pair.Key)];

    private static bool IsDeterministic(SamplingSettings settings) =>
        settings.Sampler != SamplerKind.Ddpm && (settings.Eta ?? settings.Traits.UsualEta) == 0 && settings.Churn.Amount == 0;

    private static bool DiffersInNoise(SamplingSettings settings) =>
        settings is { Order: null, SigmaCurve: SigmaCurve.Schedule } && settings.Details == SchedulerDetails.Usual;

    private static IEnumerable<SamplingSettings> Of(SamplerKind kind)
    {
        var (settings, traits) = (new SamplingSettings { Sampler = kind, Steps = 5 }, SamplerTraits.Of(kind));
        yield return settings;
        if (traits.LargestEta > 0)
            yield return settings with { Eta = traits.UsualEta == 0 ? 1 : 0 };
        if (traits.Churns)
            yield return settings with { Churn = new Churn { Amount = 2 } };
        foreach (var order in Enumerable.Range(1, traits.LargestOrder).Where(order => order != traits.UsualOrder))
            yield return settings with { Order = order };
        foreach (var grid in traits.Grids.Skip(1))
            yield return settings with { Details = new SchedulerDetails { Grid = grid } };
        if (traits.SolvesInLambda)
            yield return settings with { Details = new SchedulerDetails { SecondOrder = Other(traits.UsualMethod) } };
        if (kind == SamplerKind.UniPc)
        {
            yield return settings with { Details = new SchedulerDetails { Solved = Prediction.Epsilon } };
            yield return settings with { Details = new SchedulerDetails { Basis = UniPcBasis.Linear, Uncorrected = [0] } };
        }

        if (traits.Grids.Contains(SamplingGrid.Sigmas))
            yield return settings with { SigmaCurve = SigmaCurve.Karras };
    }

    private static SecondOrder Other(SecondOrder method) => method == SecondOrder.Heun ? SecondOrder.Midpoint : SecondOrder.Heun;

    private static string Name(SamplingSettings settings) => string.Join(
        ", ",
        new[]
        {
            settings.Sampler.ToString(),
            settings.Eta is { } eta ? $"eta {eta}" : null,
            settings.Order is { } order ? $"order {order}" : null,
            settings.Churn.Amount > 0 ? "churn" : null,
            settings.Details.Grid is { } grid ? $"over {grid}" : null,
            settings.Details.SecondOrder?.ToString(),
            settings.Details.Solved == Prediction.Start ? null : $"solved for {settings.Details.Solved}",
            settings.Details.Basis == UniPcBasis.Exponential ? null : $"{settings.Details.Basis} basis, partly corrected",
            settings.SigmaCurve == SigmaCurve.Schedule ? null : settings.SigmaCurve.ToString(),
        }.OfType<string>());
}
