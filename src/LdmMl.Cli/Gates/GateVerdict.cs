using LdmMl.Cli.Comparing;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Cli.Gates;

/// <summary>What became of a gate.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Figure">What it looked at, with its interval; null if there is no such figure.</param>
/// <param name="Failed">Whether it fails. A gate without a figure fails: what cannot be judged has not passed.</param>
/// <param name="Reason">Why, as a sentence.</param>
internal sealed record GateVerdict(Gate Gate, BootstrapInterval? Figure, bool Failed, string Reason)
{
    /// <summary>Judges a gate.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="metric">The comparison of its metric.</param>
    /// <param name="needsSignificance">
    /// Whether it fails only where the whole interval meets the condition. The interval is asked rather than the paired test: the test knows
    /// only whether there is a change at all, and a gate asks whether it is beyond a threshold.
    /// </param>
    public static GateVerdict Of(Gate gate, MetricComparison metric, bool needsSignificance)
    {
        var figure = gate.Subject switch
        {
            GateSubject.Value => metric.Pairs?.Second,
            GateSubject.Change => metric.Pairs?.Difference,
            _ => metric.Pairs?.RelativeChange,
        };
        if (figure is null)
            return new(gate, Figure: null, Failed: true, MissingFigure(metric));
        if (!gate.IsMetBy(figure.Estimate))
            return new(gate, figure, Failed: false, "The condition is not met.");
        if (!needsSignificance)
            return new(gate, figure, Failed: true, "The condition is met.");
        var isCertain = gate.IsMetBy(figure.Lower) && gate.IsMetBy(figure.Upper);
        return new(gate, figure, isCertain, isCertain
            ? "The condition is met, by the whole interval."
            : "The condition is met, but not by the whole interval, as required.");
    }

    private static string MissingFigure(MetricComparison metric) => metric.Pairs is null
        ? $"No image has a finite {metric.Metric.Title} with both models, so the gate cannot be judged."
        : $"The mean {metric.Metric.Title} of A is too near 0 for a relative change, so the gate cannot be judged.";
}
