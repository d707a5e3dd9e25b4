using LdmMl.Cli.Comparing;
using LdmMl.Cli.Gates;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Cli.Reports;

/// <summary>The comparison for machines.</summary>
internal static class ComparisonJson
{
    public static object Of(ComparisonResult result) => new
    {
        version = result.Settings.Version,
        commandLine = result.Settings.CommandLine,
        settings = new
        {
            result.Settings.Images, result.Settings.Size, result.Settings.Precision, result.Settings.Convolutions, result.Settings.Perceptual,
        },
        models = new { a = Model(result.First), b = Model(result.Second) },
        imageCount = result.Measured.Images.Count,
        isComplete = result.Measured.IsComplete,
        passed = result.Measured.IsComplete && !result.Gates.Any(gate => gate.Failed),
        warnings = result.Warnings,
        metrics = result.Metrics.ToDictionary(comparison => comparison.Metric.Name, Metric),
        gates = result.Gates.Select(Gate),
        images = result.Measured.Images.Select(image => new
        {
            image = image.Image,
            a = Scores(result, image.First),
            b = Scores(result, image.Second),
        }),
    };

    private static object Model(ModelSide side) => new { path = side.Path, weightHash = side.WeightHash, side.Info };

    private static object Gate(GateVerdict verdict) => new
    {
        gate = verdict.Gate.Text,
        failed = verdict.Failed,
        reason = verdict.Reason,
        measured = Interval(verdict.Figure),
    };

    private static object Metric(MetricComparison comparison) => new
    {
        title = comparison.Metric.Title,
        unit = comparison.Metric.Unit,
        higherIsBetter = comparison.Metric.HigherIsBetter,
        finding = comparison.Finding.ToString(),
        leftOut = comparison.LeftOut,
        a = Interval(comparison.Pairs?.First),
        b = Interval(comparison.Pairs?.Second),
        change = Interval(comparison.Pairs?.Difference),
        relativeChange = Interval(comparison.Pairs?.RelativeChange),
        pValue = comparison.Pairs?.PValue,
        better = comparison.Better,
        worse = comparison.Worse,
        equal = comparison.Pairs?.Unchanged ?? 0,
        changes = comparison.Pairs?.Differences,
    };

    private static object? Interval(BootstrapInterval? interval) =>
        interval is null ? null : new { estimate = interval.Estimate, lower = interval.Lower, upper = interval.Upper, count = interval.Count };

    private static Dictionary<string, double> Scores(ComparisonResult result, double[] values) =>
        result.Metrics.Select((comparison, i) => (comparison.Metric.Name, Value: values[i])).ToDictionary(score => score.Name, score => score.Value);
}
