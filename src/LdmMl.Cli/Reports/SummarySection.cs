using LdmMl.Cli.Comparing;

namespace LdmMl.Cli.Reports;

/// <summary>The report's first section: which models, whether the gates passed, and each metric in words.</summary>
internal static class SummarySection
{
    public static Html Of(ComparisonResult result) => Html.Of($"""
        <header>
        <h1>B compared with A</h1>
        <dl class="models">
        {Model(result.First)}{Model(result.Second)}</dl>
        <p>Both reconstructed the same {result.Measured.Images.Count} {(result.Measured.Images.Count == 1 ? "image" : "images")}.</p>
        {Verdict(result)}{result.Warnings.Select(Warning)}<ul class="findings">
        {result.Metrics.Select(Finding)}</ul>
        </header>
        """);

    private static Html Model(ModelSide side) => Html.Of($"""
        <div class="model {side.Letter.ToLowerInvariant()}"><dt>{side.Letter}</dt><dd><bdi>{side.Path}</bdi><span class="quiet">{side.Info.Kind},
        {side.Info.Parameters.ToString("N0")} parameters, {side.Info.LatentChannels} latent channels,
        {side.Info.DownsampleFactor}× smaller</span></dd></div>

        """);

    private static Html Verdict(ComparisonResult result)
    {
        if (result.Gates.Count == 0)
            return Html.Empty;
        var (count, failed) = (result.Gates.Count, result.Gates.Count(gate => gate.Failed));
        var (style, mark, words) = failed == 0
            ? ("passed", "✓ Passed:", count == 1 ? "the gate holds" : $"all {count} gates hold")
            : ("failed", "✗ Failed:", $"{failed} of {count} {(count == 1 ? "gate" : "gates")}");
        return Html.Of($"""
            <p class="verdict {style}" role="status"><strong>{mark}</strong> {words}.</p>

            """);
    }

    private static Html Warning(string sentence) => Html.Of($"<p class=\"warning\"><strong>Note:</strong> {sentence}</p>\n");

    private static Html Finding(MetricComparison comparison)
    {
        var metric = comparison.Metric;
        if (comparison.Pairs is not { } pairs)
        {
            return Html.Of($"""
                <li class="unclear"><span class="mark" aria-hidden="true">≈</span>
                <span><strong>{metric.Title}</strong>: no image has a finite value with both models.</span></li>

                """);
        }
        var (style, mark, words) = comparison.Finding switch
        {
            Comparing.Finding.Better => ("better", "▲", "B is better"),
            Comparing.Finding.Worse => ("worse", "▼", "B is worse"),
            _ => ("unclear", "≈", "no clear difference"),
        };
        var change = Figure.WithUnit(metric, Figure.Change(metric, pairs.Difference.Estimate));
        var interval = Figure.Interval(pairs.Difference, bound => Figure.Change(metric, bound));
        return Html.Of($"""
            <li class="{style}"><span class="mark" aria-hidden="true">{mark}</span><span><strong>{metric.Title}: {words}</strong>, {change}
            <span class="quiet">95&#8239;% interval {interval},
            <span class="number">p {(pairs.PValue < 0.0001 ? "" : "= ")}{Figure.PValue(pairs.PValue)}</span>;
            {Counts(comparison, pairs.Unchanged)}</span></span></li>

            """);
    }

    private static string Counts(MetricComparison comparison, int unchanged) =>
        $"better in {comparison.Better} images, worse in {comparison.Worse}{(unchanged > 0 ? $", equal in {unchanged}" : "")}";
}
