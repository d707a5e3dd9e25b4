using LdmMl.Cli.Comparing;

namespace LdmMl.Cli.Reports;

/// <summary>The scores of the images, those first that B makes worst in comparison.</summary>
internal static class ImageSection
{
    // A longer table is no longer read; the JSON has all.
    private const int MostRows = 200;

    public static Html Of(ComparisonResult result)
    {
        var ranking = result.Metrics.Select(comparison => comparison.Metric).ToList().IndexOf(result.Measured.Ranking);
        var rows = result.Measured.Images
            .OrderByDescending(image => Worsening(result.Measured.Ranking, image, ranking))
            .ThenBy(image => image.Image, StringComparer.Ordinal)
            .Take(MostRows);
        var count = result.Measured.Images.Count;
        var shown = count <= MostRows ? $"All {count} images" : $"The {MostRows} of {count} images that B makes worst in comparison";
        return Html.Of($"""
            <section aria-labelledby="scores">
            <h2 id="scores">Scores</h2>
            <details{new Html(count <= 50 ? " open" : "")}><summary>{shown}, by change of {result.Measured.Ranking.Title}</summary>
            <div class="scroll" role="region" aria-labelledby="scores" tabindex="0"><table class="scores">
            <thead><tr><th scope="col" rowspan="2">image</th>{result.Metrics.Select(Heading)}</tr>
            <tr>{result.Metrics.Select(_ => Columns)}</tr></thead>
            <tbody>
            {rows.Select(image => Row(image, result))}</tbody>
            </table></div></details>
            </section>
            """);
    }

    private static Html Columns { get; } = new("""<th scope="col">A</th><th scope="col">B</th><th scope="col">change</th>""");

    private static Html Heading(MetricComparison comparison) =>
        Html.Of($"""<th scope="colgroup" colspan="3">{comparison.Metric.ShortTitle}</th>""");

    private static Html Row(ImageScores image, ComparisonResult result) => Html.Of($"""
        <tr><th scope="row"><bdi>{image.Image}</bdi></th>
        {result.Metrics.Select((comparison, i) => Cells(comparison.Metric, image.First[i], image.Second[i]))}</tr>

        """);

    private static Html Cells(Metric metric, double first, double second)
    {
        var change = second - first;
        var style = !double.IsFinite(change) || change == 0 ? "" : metric.Worsening(first, second) > 0 ? " worse" : " better";
        return Html.Of($"""
            <td class="number">{Figure.Value(metric, first)}</td><td class="number">{Figure.Value(metric, second)}</td>
            <td class="number{style}">{(double.IsFinite(change) ? Figure.Change(metric, change) : "none")}</td>
            """);
    }

    private static double Worsening(Metric metric, ImageScores image, int index)
    {
        var worsening = metric.Worsening(image.First[index], image.Second[index]);
        return double.IsNaN(worsening) ? 0 : worsening;
    }
}
