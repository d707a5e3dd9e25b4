using ScottPlot;
using ScottPlot.TickGenerators;

namespace LdmMl.Cli.Reports;

/// <summary>A value over the steps of a training: the values themselves faintly, and their running mean; or two values.</summary>
internal static class CurvePlot
{
    private const float Faint = 0.3f;

    // From this ratio on, the small values of a linear axis lie on one line.
    private const double RatioForLogarithms = 30;

    private static readonly PixelPadding Frame = new(left: 58, right: 12, bottom: 26, top: 8);

    /// <summary>Draws a curve.</summary>
    /// <param name="id">What begins the ids of its parts.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="points">Steps and values; those that are not finite are left out.</param>
    /// <param name="isSmoothed">Whether the running mean is drawn too.</param>
    /// <param name="others">The points of a second value; null for none.</param>
    public static Html Of(
        string id, string title, IReadOnlyList<(double Step, double Value)> points, bool isSmoothed = true,
        IReadOnlyList<(double Step, double Value)>? others = null)
    {
        var (first, second) = (Finite(points), Finite(others ?? []));
        var values = first.Concat(second).Select(point => point.Value).ToArray();
        var isLogarithmic = values.Length > 0 && values.Min() > 0 && values.Max() / values.Min() > RatioForLogarithms;
        var plot = PlotTheme.Empty();
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = PlotSvg.Number, TargetTickCount = 5 };
        plot.Axes.Left.TickGenerator = isLogarithmic
            ? new NumericAutomatic { LabelFormatter = PowerOfTen, TargetTickCount = 4 }
            : new NumericAutomatic { LabelFormatter = Short, TargetTickCount = 5 };
        plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Layout.Fixed(Frame);
        plot.ShowGrid();
        (plot.Grid.MajorLineColor, plot.Grid.XAxisStyle.IsVisible) = (PlotTheme.Line, false);
        Add(plot, first, PlotTheme.A, isSmoothed, isLogarithmic);
        Add(plot, second, PlotTheme.B, isSmoothed, isLogarithmic);
        plot.Axes.AutoScale();
        return PlotSvg.Of(plot, id, title);
    }

    private static void Add(Plot plot, (double Step, double Value)[] points, Color color, bool isSmoothed, bool isLogarithmic)
    {
        if (points.Length == 0)
            return;
        double[] steps = [.. points.Select(point => point.Step)], values = [.. points.Select(point => isLogarithmic ? Math.Log10(point.Value) : point.Value)];
        isSmoothed &= points.Length > 2;
        Line(values, isSmoothed ? color.WithAlpha(Faint) : color, isSmoothed ? 1 : 1.6f);
        if (isSmoothed)
            Line(Smooth(values), color, 1.6f);

        void Line(double[] heights, Color stroke, float width)
        {
            var line = plot.Add.Scatter(steps, heights, stroke);
            (line.LineWidth, line.MarkerSize) = (width, points.Length == 1 ? 4 : 0);
        }
    }

    // A running mean over a twentieth of the curve.
    private static double[] Smooth(double[] values)
    {
        var (share, mean, weight) = (1 / Math.Max(1, values.Length / 20.0), 0.0, 0.0);
        return [.. values.Select(value =>
        {
            (mean, weight) = ((mean * (1 - share)) + (value * share), (weight * (1 - share)) + share);
            return mean / weight;
        })];
    }

    private static (double Step, double Value)[] Finite(IEnumerable<(double Step, double Value)> points) =>
        [.. points.Where(point => double.IsFinite(point.Value))];

    private static string PowerOfTen(double exponent) => Short(Math.Pow(10, exponent));

    private static string Short(double value) =>
        Math.Abs(value) is 0 or (>= 1e-3 and < 1e6) ? PlotSvg.Number(double.Parse($"{value:G3}", System.Globalization.CultureInfo.InvariantCulture))
        : FormattableString.Invariant($"{value:0.##E0}").Replace('-', '\u2212');
}
