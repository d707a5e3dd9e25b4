using LdmMl.Cli.Comparing;
using LdmMl.Cli.Output;
using Spectre.Console;

namespace LdmMl.Cli.Reports;

/// <summary>The comparison on the terminal.</summary>
internal static class ComparisonTable
{
    public static void Print(ComparisonResult result)
    {
        foreach (var warning in result.Warnings)
            Terminal.Message($"note: {warning}");
        var table = new Table().Border(TableBorder.Simple).AddColumn("metric");
        foreach (var title in new[] { "A", "B", "change", "95 % interval", "relative", "p" })
            table.AddColumn(new TableColumn(title).RightAligned());
        table.AddColumn("B is");
        foreach (var comparison in result.Metrics.Where(comparison => comparison.Pairs is not null))
            table.AddRow([.. Cells(comparison).Select(cell => new Text(cell))]);
        Terminal.Write(table);
        foreach (var verdict in result.Gates)
        {
            var metric = GateSection.MetricOf(verdict, result);
            var measured = verdict.Figure is { } figure ? GateSection.Form(verdict.Gate, metric, figure.Estimate) : "none";
            Terminal.WriteLine($"{(verdict.Failed ? "failed" : "passed")}: fail if {verdict.Gate.Text}: measured {measured}. {verdict.Reason}");
        }
    }

    private static string[] Cells(MetricComparison comparison)
    {
        var (metric, pairs) = (comparison.Metric, comparison.Pairs!);
        return
        [
            metric.Title,
            Figure.Value(metric, pairs.First.Estimate),
            Figure.Value(metric, pairs.Second.Estimate),
            Figure.Change(metric, pairs.Difference.Estimate),
            Figure.Interval(pairs.Difference, bound => Figure.Change(metric, bound)),
            pairs.RelativeChange is { } relative ? Figure.Percent(relative.Estimate) : "none",
            Figure.PValue(pairs.PValue),
            comparison.Finding switch { Finding.Better => "better", Finding.Worse => "worse", _ => "not clearly different" },
        ];
    }
}
