using LdmMl.Cli.Comparing;

namespace LdmMl.Cli.Reports;

/// <summary>Two plots for each metric.</summary>
internal static class PlotSection
{
    private static readonly Html NoFont = new(
        "<p class=\"quiet\">No font is installed on the machine that made this report, so the plots have no labels.</p>\n");

    public static Html Of(ComparisonResult result) => Html.Of($"""
        <section aria-labelledby="distributions">
        <h2 id="distributions">Distributions</h2>
        {(PlotTheme.CanWrite ? Html.Empty : NoFont)}{result.Metrics.Where(comparison => comparison.Pairs is not null).Select(Plots)}</section>
        """);

    private static Html Plots(MetricComparison comparison)
    {
        var (metric, differences) = (comparison.Metric, comparison.Pairs!.Differences);
        return Html.Of($"""
            <h3>{metric.Title}<span class="quiet">{(metric.HigherIsBetter ? "higher is better" : "lower is better")}</span></h3>
            <div class="plots">
            <figure>{DistributionPlot.Of(comparison)}<figcaption>How many images have which
            {metric.Title}{(metric.Unit.Length == 0 ? "" : $" ({metric.Unit})")}: A upwards, B downwards. Lines are the means.</figcaption></figure>
            <figure>{DifferencePlot.Of(comparison)}<figcaption>Change B − A of each image. The dashed line is the mean, the band its
            95&#8239;% interval. Median {Figure.Change(metric, differences.Median)}, half of the images lie between
            {Figure.Change(metric, differences.LowerQuartile)} and {Figure.Change(metric, differences.UpperQuartile)}.</figcaption></figure>
            </div>

            """);
    }
}
