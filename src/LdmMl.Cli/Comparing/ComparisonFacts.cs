namespace LdmMl.Cli.Comparing;

/// <summary>Everything that a comparison is told, rather than measures.</summary>
/// <param name="First">Model A.</param>
/// <param name="Second">Model B.</param>
/// <param name="Settings">What was requested.</param>
/// <param name="Metrics">The metrics, in the order of the scores.</param>
/// <param name="Ranking">The index of the metric by which worst and best are chosen.</param>
/// <param name="Gates">The gates, as the user wrote them.</param>
/// <param name="OnlyIfSignificant">Whether a gate fails only if the whole interval meets its condition.</param>
/// <param name="FileCount">How many image files there are, those that cannot be read included.</param>
internal sealed record ComparisonFacts(
    ModelSide First, ModelSide Second, ComparisonSettings Settings, IReadOnlyList<Metric> Metrics, int Ranking, IReadOnlyList<string> Gates,
    bool OnlyIfSignificant, int FileCount);
