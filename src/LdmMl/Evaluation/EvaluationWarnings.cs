using System.Globalization;

namespace LdmMl.Evaluation;

/// <summary>Warnings about how far the figures of an evaluation can be trusted.</summary>
internal static class EvaluationWarnings
{
    /// <summary>Prefixes each warning that is not null with the name of its figure.</summary>
    public static IEnumerable<string> Named(params (string Name, string? Warning)[] warnings) =>
        warnings.Where(entry => entry.Warning is not null).Select(entry => $"{entry.Name}: {entry.Warning}");

    public static string? Missing(long count, string what) => count switch
    {
        0 => null,
        1 => $"1 {what} has a missing value and was left out.",
        _ => string.Create(CultureInfo.InvariantCulture, $"{count} {what}s have a missing value and were left out."),
    };

    public static string? Sampled(FeatureSetStatistics set, string which) => set.Sample.HeldCount == set.Count
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"Of the {set.Count} {which} images a random sample of {set.Sample.HeldCount} represents the set "
            + $"in all figures but the Fréchet distance.");
}
