using LdmMl.Cli.Comparing;
using ScottPlot;
using ScottPlot.Statistics;
using ScottPlot.TickGenerators;

namespace LdmMl.Cli.Reports;

/// <summary>
/// The scores of both models as histograms: A upwards and B downwards over one axis, so that neither hides the other.
/// </summary>
internal static class DistributionPlot
{
    private const double Opacity = 0.55, RoomForLabels = 1.3;

    private static readonly PixelPadding Frame = new(left: 12, right: 12, bottom: 30, top: 4);

    public static Html Of(MetricComparison comparison)
    {
        var (metric, pairs) = (comparison.Metric, comparison.Pairs!);
        var (a, b) = (Figure.Value(metric, pairs.First.Estimate), Figure.Value(metric, pairs.Second.Estimate));
        return PlotSvg.Of(Draw(comparison, $"A {a}", $"B {b}"), $"spread-{metric.Name}", $"Histogram of {metric.Title}: A's mean is {a}, B's {b}");
    }

    private static Plot Draw(MetricComparison comparison, string labelOfA, string labelOfB)
    {
        var (least, most) = Range(comparison);
        var bins = Math.Clamp((int)Math.Ceiling(2 * Math.Cbrt(comparison.First.Length)) + 2, 6, 32);
        var (first, second) = (Histogram.WithBinCount(bins, least, most), Histogram.WithBinCount(bins, least, most));
        first.AddRange(comparison.First);
        second.AddRange(comparison.Second);
        var height = Math.Max(first.Counts.Max(), second.Counts.Max()) * RoomForLabels;

        var plot = PlotTheme.Empty();
        plot.Axes.Left.IsVisible = false;
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = PlotSvg.Number };
        plot.Axes.SetLimits(least, most, -height, height);
        plot.Layout.Fixed(Frame);
        AddBars(plot, first, PlotTheme.A, sign: 1);
        AddBars(plot, second, PlotTheme.B, sign: -1);
        plot.Add.HorizontalLine(0, 1, PlotTheme.Ink);
        AddMean(plot, comparison.Pairs!.First.Estimate, height, labelOfA, PlotTheme.A);
        AddMean(plot, comparison.Pairs!.Second.Estimate, -height, labelOfB, PlotTheme.B);
        return plot;
    }

    // A single value stands in the middle of an axis of its own size.
    private static (double Least, double Most) Range(MetricComparison comparison)
    {
        var (least, most) = (Math.Min(comparison.First.Min(), comparison.Second.Min()), Math.Max(comparison.First.Max(), comparison.Second.Max()));
        var margin = most > least ? 0 : least == 0 ? 1 : Math.Abs(least) / 2;
        return (least - margin, most + margin);
    }

    private static void AddBars(Plot plot, Histogram histogram, Color color, int sign)
    {
        var bars = histogram.Bins.Zip(histogram.Counts, (start, count) => new Bar
        {
            Position = start + (histogram.FirstBinSize / 2), Size = histogram.FirstBinSize * 0.94, Value = sign * count,
            FillColor = color.WithAlpha(Opacity), LineWidth = 0,
        });
        plot.Add.Bars(bars.Where(bar => bar.Value != 0).ToArray());
    }

    // The label leans inwards near an end of the axis.
    private static void AddMean(Plot plot, double mean, double end, string label, Color color)
    {
        var line = plot.Add.Line(mean, 0, mean, end / RoomForLabels * 1.04);
        (line.LineColor, line.LineWidth, line.MarkerSize) = (color, 1.5f, 0);
        var text = plot.Add.Text(label, mean, line.End.Y);
        (text.LabelFontColor, text.LabelFontSize, text.LabelBold) = (color, PlotTheme.TextSize, true);
        var axis = plot.Axes.GetLimits();
        var place = (mean - axis.Left) / (axis.Right - axis.Left);
        text.LabelAlignment = (place, end) switch
        {
            ( < 0.12, > 0) => Alignment.LowerLeft,
            ( > 0.88, > 0) => Alignment.LowerRight,
            (_, > 0) => Alignment.LowerCenter,
            ( < 0.12, _) => Alignment.UpperLeft,
            ( > 0.88, _) => Alignment.UpperRight,
            _ => Alignment.UpperCenter,
        };
    }
}
