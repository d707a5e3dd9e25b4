using LdmMl.Cli.Comparing;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Cli.Reports;

/// <summary>The difference of each image, sorted, with the mean and its interval behind: whether many images change a little, or few much.</summary>
internal static class DifferencePlot
{
    private const double Left = 52, Right = 348, Top = 10, Bottom = 176;

    // Beyond this bars are thinner than a pixel; evenly chosen ones of the sorted row look the same.
    private const int MostBars = 160;

    public static Html Of(MetricComparison comparison)
    {
        var (metric, interval) = (comparison.Metric, comparison.Pairs!.Difference);
        var differences = Sorted(comparison);
        var axis = new PlotAxis(Math.Min(0, differences[0]), Math.Max(0, differences[^1]), Bottom, Top);
        var id = $"differences-{metric.Name}";
        return Html.Of($"""
            <svg viewBox="0 0 360 212" role="img" aria-labelledby="{id}">
            <title id="{id}">Change of {metric.Title} of each image, sorted, from {Figure.Change(metric, differences[0])}
            to {Figure.Change(metric, differences[^1])}; the mean is {Figure.Change(metric, interval.Estimate)}</title>
            {Ticks(axis)}{Bars(metric, differences, axis)}
            {Interval(interval, axis)}<line class="axis" x1="{Left}" x2="{Right}" y1="{axis.At(0)}" y2="{axis.At(0)}"/>
            <line class="mean" x1="{Left}" x2="{Right}" y1="{axis.At(interval.Estimate)}" y2="{axis.At(interval.Estimate)}"/>
            <text class="tick" x="{(Left + Right) / 2}" y="204" text-anchor="middle">{Count(comparison.First.Length)}</text>
            </svg>
            """);
    }

    private static string Count(int images) => images == 1 ? "1 image" : $"{images} images, sorted by change";

    private static double[] Sorted(MetricComparison comparison)
    {
        var all = comparison.First.Zip(comparison.Second, (first, second) => second - first).Order().ToArray();
        return all.Length <= MostBars ? all : [.. Enumerable.Range(0, MostBars).Select(i => all[(int)((long)i * (all.Length - 1) / (MostBars - 1))])];
    }

    private static Html Bars(Metric metric, double[] differences, PlotAxis axis)
    {
        var step = (Right - Left) / differences.Length;
        var gap = step > 4 ? 1 : step * 0.1;
        return Html.Of($"{differences.Select(Bar)}");

        Html Bar(double difference, int i)
        {
            var (from, to) = (axis.At(0), axis.At(difference));
            var style = metric.Worsening(0, difference) > 0 ? "worse" : "better";
            var (x, y) = (Left + i * step + gap / 2, Math.Min(from, to));
            return Html.Of($"""<rect class="{style}" x="{x}" y="{y}" width="{step - gap}" height="{Math.Abs(to - from)}"/>""");
        }
    }

    private static Html Interval(BootstrapInterval interval, PlotAxis axis)
    {
        var (top, bottom) = (axis.At(interval.Upper), axis.At(interval.Lower));
        return Html.Of($"<rect class=\"interval\" x=\"{Left}\" y=\"{top}\" width=\"{Right - Left}\" height=\"{Math.Max(bottom - top, 1)}\"/>");
    }

    private static Html Ticks(PlotAxis axis)
    {
        var (values, format) = axis.Ticks();
        return Html.Of($"{values.Select(Tick)}");

        Html Tick(double value) => Html.Of($"""
            <line class="grid" x1="{Left}" x2="{Right}" y1="{axis.At(value)}" y2="{axis.At(value)}"/>
            <text class="tick" x="{Left - 6}" y="{axis.At(value) + 4}" text-anchor="end">{Label(value)}</text>
            """);

        string Label(double value) => $"{(value > 0 ? "+" : "")}{DistributionPlot.Number(value, format)}";
    }
}
