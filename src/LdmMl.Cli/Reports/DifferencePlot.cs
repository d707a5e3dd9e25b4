using LdmMl.Cli.Comparing;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace LdmMl.Cli.Reports;

/// <summary>
/// The change of each image, sorted, with the mean and its interval behind: whether many images change a little, or a few change much.
/// </summary>
internal static class DifferencePlot
{
    // Beyond this bars are thinner than a pixel; evenly chosen ones of the sorted row look the same.
    private const int MostBars = 160;

    private static readonly PixelPadding Frame = new(left: 52, right: 12, bottom: 26, top: 8);

    public static Html Of(MetricComparison comparison)
    {
        var (metric, changes) = (comparison.Metric, Sorted(comparison));
        var title = $"Change of {metric.Title} for each image, sorted, from {Figure.Change(metric, changes[0])} to "
            + $"{Figure.Change(metric, changes[^1])}; the mean is {Figure.Change(metric, comparison.Pairs!.Difference.Estimate)}";
        return PlotSvg.Of(Draw(comparison, changes), $"differences-{metric.Name}", title);
    }

    private static double[] Sorted(MetricComparison comparison)
    {
        var all = comparison.First.Zip(comparison.Second, (first, second) => second - first).Order().ToArray();
        return all.Length <= MostBars ? all : [.. Enumerable.Range(0, MostBars).Select(i => all[(int)((long)i * (all.Length - 1) / (MostBars - 1))])];
    }

    private static Plot Draw(MetricComparison comparison, double[] changes)
    {
        var (interval, plot) = (comparison.Pairs!.Difference, PlotTheme.Empty());
        var (least, most) = (Math.Min(Math.Min(0, changes[0]), interval.Lower), Math.Max(Math.Max(0, changes[^1]), interval.Upper));
        var margin = most > least ? (most - least) * 0.04 : 1;
        plot.Axes.SetLimits(0, changes.Length, least - margin, most + margin);
        plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = value => $"{(value > 0 ? "+" : "")}{PlotSvg.Number(value)}" };
        plot.Axes.Left.FrameLineStyle.Width = plot.Axes.Bottom.FrameLineStyle.Width = 0;
        plot.Axes.Bottom.TickGenerator = new EmptyTickGenerator();
        plot.XLabel(comparison.First.Length == 1 ? "1 image" : $"{comparison.First.Length} images, sorted by change");
        var label = plot.Axes.Bottom.Label;
        (label.ForeColor, label.FontSize, label.Bold) = (PlotTheme.Quiet, PlotTheme.TextSize, false);
        plot.Layout.Fixed(Frame);
        plot.ShowGrid();
        (plot.Grid.MajorLineColor, plot.Grid.XAxisStyle.IsVisible) = (PlotTheme.Line, false);

        AddBars(plot, comparison.Metric, changes);
        plot.Add.VerticalSpan(interval.Lower, interval.Upper, PlotTheme.Ink.WithAlpha(0.16)).LineStyle.Width = 0;
        plot.Add.HorizontalLine(0, 1, PlotTheme.Ink);
        plot.Add.HorizontalLine(interval.Estimate, 1.5f, PlotTheme.Ink, LinePattern.Dashed);
        return plot;
    }

    private static void AddBars(Plot plot, Metric metric, double[] changes)
    {
        var bars = changes.Select((change, index) => new Bar
        {
            Position = index + 0.5, Size = 0.9, Value = change, LineWidth = 0,
            FillColor = metric.Worsening(0, change) > 0 ? PlotTheme.Worse : PlotTheme.Better,
        });
        plot.Add.Bars(bars.ToArray());
    }
}
