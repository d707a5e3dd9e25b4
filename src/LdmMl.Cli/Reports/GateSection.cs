using LdmMl.Cli.Comparing;
using LdmMl.Cli.Gates;

namespace LdmMl.Cli.Reports;

/// <summary>What became of each gate.</summary>
internal static class GateSection
{
    public static Html Of(ComparisonResult result) => result.Gates.Count == 0 ? Html.Empty : Html.Of($"""
        <section aria-labelledby="gates">
        <h2 id="gates">Gates</h2>
        <div class="scroll" role="region" aria-labelledby="gates" tabindex="0"><table class="gates">
        <thead><tr><th scope="col">fails if</th><th scope="col">result</th><th scope="col" class="number">measured</th>
        <th scope="col" class="number">95&#8239;% interval</th><th scope="col">why</th></tr></thead>
        <tbody>
        {result.Gates.Select(gate => Row(gate, MetricOf(gate, result)))}</tbody>
        </table></div>
        </section>
        """);

    /// <summary>A figure of a gate in the form of its subject.</summary>
    public static string Form(Gate gate, Metric metric, double value) => gate.Subject switch
    {
        GateSubject.Value => Figure.Value(metric, value),
        GateSubject.Change => Figure.Change(metric, value),
        _ => Figure.Percent(value),
    };

    public static Metric MetricOf(GateVerdict verdict, ComparisonResult result) =>
        result.Metrics.First(comparison => comparison.Metric.Name == verdict.Gate.Metric).Metric;

    private static Html Row(GateVerdict verdict, Metric metric)
    {
        var (estimate, interval) = verdict.Figure is { } figure ? (Form(figure.Estimate), Figure.Interval(figure, Form)) : ("none", "none");
        return Html.Of($"""
            <tr><th scope="row"><code>{verdict.Gate.Text}</code></th>
            <td class="{(verdict.Failed ? "failed" : "passed")}">{(verdict.Failed ? "✗ failed" : "✓ passed")}</td>
            <td class="number">{estimate}</td><td class="number">{interval}</td><td>{verdict.Reason}</td></tr>

            """);

        string Form(double value) => GateSection.Form(verdict.Gate, metric, value);
    }
}
