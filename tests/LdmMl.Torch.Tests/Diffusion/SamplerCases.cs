using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Tests.Diffusion;

/// <summary>
/// Every sampler of the registry with every option that it has, and two custom samplers, so that a new one cannot be forgotten.
/// </summary>
internal static class SamplerCases
{
    private static readonly string[] Scales = ["Temperature", "NoiseScale", "Churn.NoiseScale"];

    public static IReadOnlyDictionary<string, SamplingSettings> All { get; } =
        Samplers.SelectMany(Settings).DistinctBy(Name).ToDictionary(Name, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Gets the names of the samplers that differ in the noise they draw.</summary>
    public static TheoryData<string> Noises => [.. All.Where(pair => DiffersInNoise(pair.Value)).Select(pair => pair.Key)];

    /// <summary>Gets the names of the samplers whose noise has no effect: the first state determines the last.</summary>
    public static TheoryData<string> Deterministic => [.. All.Where(pair => IsDeterministic(pair.Value.Sampler)).Select(pair => pair.Key)];

    /// <summary>Gets the names of the others, with noise of the deviation that keeps the data's.</summary>
    public static TheoryData<string> Stochastic =>
        [.. All.Where(pair => !IsDeterministic(pair.Value.Sampler) && KeepsDeviation(pair.Value.Sampler)).Select(pair => pair.Key)];

    /// <summary>Gets one of each sampler, with the two custom ones at the end.</summary>
    public static IReadOnlyList<ISampler> Samplers => [.. SamplerRegistry.Names.Select(SamplerRegistry.Create), new OwnSampler(), new PlainSampler()];

    /// <summary>Gets a sampler with each other value of each of its options.</summary>
    public static IReadOnlyList<ISampler> Variants(ISampler usual) =>
        [
            usual, .. from option in RecordOption.Of(usual.GetType())
                      from value in Values(option.Name)
                      let changed = Changed(usual, option, value)
                      where changed is not null
                      select changed,
        ];

    /// <summary>Gets the value of an option; null if the sampler has no such option.</summary>
    public static object? Option(ISampler sampler, string name) =>
        RecordOption.Of(sampler.GetType()).FirstOrDefault(option => option.Name == name)?.ValueOf(sampler);

    /// <summary>Returns whether a sampler takes steps other than its plan's.</summary>
    public static bool HasItsOwnSteps(ISampler sampler) => sampler is DpmFastSampler or DpmAdaptiveSampler;

    // With more fresh noise than in the reverse process, 400 steps are few; a consistency model goes the whole way in single steps.
    private static bool KeepsDeviation(ISampler sampler) =>
        sampler is not LcmSampler && Scales.All(name => Option(sampler, name) is null or 1.0) && Option(sampler, "Eta") is null or <= 1.0;

    private static bool IsDeterministic(ISampler sampler) =>
        sampler is not (DdpmSampler or LcmSampler) && Option(sampler, "Eta") is null or 0.0 && Option(sampler, "Churn.Amount") is null or 0.0;

    private static bool DiffersInNoise(SamplingSettings settings) =>
        settings.SigmaCurve == SigmaCurve.Schedule && settings.Details == SchedulerDetails.Usual && Option(settings.Sampler, "Order") is null or 2 or 4;

    private static IEnumerable<SamplingSettings> Settings(ISampler usual)
    {
        var settings = new SamplingSettings { Sampler = usual, Steps = 5 };
        foreach (var sampler in Variants(usual))
            yield return settings with { Sampler = sampler };
        foreach (var grid in usual.Needs.Grids.Skip(1))
            yield return settings with { Details = new SchedulerDetails { Grid = grid } };
        if (usual.Needs.Grids.Contains(SamplingGrid.Sigmas))
            yield return settings with { SigmaCurve = SigmaCurve.Karras };
    }

    // As text, as in the tool; values of the wrong type or out of range are skipped.
    private static string[] Values(string option) => option switch
    {
        "Churn.Amount" => ["2"],
        "Churn.SmallestSigma" or "Churn.LargestSigma" or "LargestFall" or "LargestFactor" => [],   // these matter only with an amount, or a fall
        "Middle" => ["0.4"],
        "AcceptSafety" => ["0.9"],
        "RelativeTolerance" => ["0"],
        "AbsoluteTolerance" or "FirstWidth" or "Integral" => ["2"],
        "Proportional" or "Derivative" => ["0.1"],
        "OriginalSteps" => ["100"],
        "TimestepScaling" => ["1"],
        "CallLimit" => [],                                             // has an effect only if it is too small
        _ => ["0", "1", "2", "3", "4", "true", "false", "Midpoint", "Heun", "Start", "Epsilon", "Velocity", "Exponential", "Linear"],
    };

    private static ISampler? Changed(ISampler usual, RecordOption option, string value)
    {
        try
        {
            var changed = option.With(usual, value);
            changed.Validate();
            return changed;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string Name(SamplingSettings settings) => string.Join(
        ", ",
        new[]
        {
            SamplerRegistry.IsBuiltIn(settings.Sampler) ? settings.Sampler.ToString() : settings.Sampler.GetType().Name,
            settings.Sampler is OwnSampler { Middle: var middle } ? $"middle {middle}" : null,
            settings.Details.Grid is { } grid ? $"over {grid}" : null,
            settings.SigmaCurve == SigmaCurve.Schedule ? null : settings.SigmaCurve.ToString(),
        }.OfType<string>());
}
