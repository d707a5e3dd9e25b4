using LdmMl.Cli.Comparing;

namespace LdmMl.Cli.Reports;

/// <summary>
/// How the scores of both models are spread: a histogram of A upwards and of B downwards over one axis, so that neither hides the other.
/// </summary>
internal static class DistributionPlot
{
    private const double Left = 12, Right = 348, Top = 24, Middle = 96, Bottom = 168;

    public static Html Of(MetricComparison comparison)
    {
        var (metric, pairs) = (comparison.Metric, comparison.Pairs!);
        var all = comparison.First.Concat(comparison.Second).ToArray();
        var axis = new PlotAxis(all.Min(), all.Max(), Left, Right);
        var bins = Math.Clamp((int)Math.Ceiling(2 * Math.Cbrt(comparison.First.Length)) + 2, 6, 32);
        var (first, second) = (Count(comparison.First, axis, bins), Count(comparison.Second, axis, bins));
        var most = Math.Max(first.Max(), second.Max());
        var id = $"spread-{metric.Name}";
        var (a, b) = (Figure.Value(metric, pairs.First.Estimate), Figure.Value(metric, pairs.Second.Estimate));
        var (atA, atB) = (axis.At(pairs.First.Estimate), axis.At(pairs.Second.Estimate));
        return Html.Of($"""
            <svg viewBox="0 0 360 212" role="img" aria-labelledby="{id}">
            <title id="{id}">Histogram of {metric.Title}: A's mean is {a}, B's {b}</title>
            {Bars(first, most, "a", Middle - Top, upwards: true)}{Bars(second, most, "b", Bottom - Middle, upwards: false)}
            <line class="axis" x1="{Left}" x2="{Right}" y1="{Middle}" y2="{Middle}"/>
            {Mean(atA, Top - 8, Middle, "a")}{Mean(atB, Middle, Bottom + 8, "b")}
            {MeanLabel($"A {a}", atA, Top - 12, "a")}{MeanLabel($"B {b}", atB, Bottom + 18, "b")}
            {Ticks(axis)}
            </svg>
            """);
    }

    private static int[] Count(double[] values, PlotAxis axis, int bins)
    {
        var counts = new int[bins];
        foreach (var value in values)
            counts[Math.Min((int)((value - axis.Least) / (axis.Most - axis.Least) * bins), bins - 1)]++;
        return counts;
    }

    private static Html Bars(int[] counts, int most, string style, double room, bool upwards)
    {
        var width = (Right - Left) / counts.Length;
        var bars = counts.Select((count, i) => (X: Left + i * width, Height: count * room / most)).Where(bar => bar.Height > 0);
        return Html.Of($"{bars.Select(bar => Bar(bar.X + 0.5, upwards ? Middle - bar.Height : Middle, bar.Height))}");

        Html Bar(double x, double y, double height) => Html.Of($"""<rect class="{style}" x="{x}" y="{y}" width="{width - 1}" height="{height}"/>""");
    }

    private static Html Mean(double x, double y1, double y2, string style) =>
        Html.Of($"<line class=\"mean {style}\" x1=\"{x}\" x2=\"{x}\" y1=\"{y1}\" y2=\"{y2}\"/>");

    // Near an end of the axis the label leans inwards.
    private static Html MeanLabel(string text, double x, double y, string style)
    {
        var anchor = x < Left + 40 ? "start" : x > Right - 40 ? "end" : "middle";
        return Html.Of($"""<text class="label {style}" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>""");
    }

    private static Html Ticks(PlotAxis axis)
    {
        var (values, format) = axis.Ticks();
        return Html.Of($"""
            {values.Select(Tick)}<line class="axis" x1="{Left}" x2="{Right}" y1="{Bottom + 22}" y2="{Bottom + 22}"/>
            """);

        Html Tick(double value) => Html.Of($"""
            <line class="axis" x1="{axis.At(value)}" x2="{axis.At(value)}" y1="{Bottom + 22}" y2="{Bottom + 26}"/>
            <text class="tick" x="{axis.At(value)}" y="{Bottom + 38}" text-anchor="middle">{Number(value, format)}</text>
            """);
    }

    /// <summary>A label of an axis.</summary>
    internal static string Number(double value, string format) => value.ToString(format).Replace('-', '\u2212');
}
