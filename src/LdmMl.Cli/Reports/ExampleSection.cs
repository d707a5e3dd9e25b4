using LdmMl.Cli.Comparing;

namespace LdmMl.Cli.Reports;

/// <summary>The images that B makes worst and best in comparison with A, each with what both made of it and where they differ.</summary>
internal static class ExampleSection
{
    // Below this a screen's pixels are larger than the image's: they are shown as squares.
    private const int SmallSide = 128;

    public static Html Of(ComparisonResult result)
    {
        if (result.Settings.Examples == 0)
            return Html.Empty;
        var (measured, ranking) = (result.Measured, result.Measured.Ranking);
        return Html.Of($"""
            <section aria-labelledby="examples">
            <h2 id="examples">Images</h2>
            <p>Ranked by the change of {ranking.Title}. An error is the absolute difference from the original, the mean of red, green and blue.
            Both error maps of an image share the scale that stands below them, in levels of 255; the map of the change has its own.</p>
            <ul class="scales">
            {Scale(ColorRamp.Error, "error: white is 0, dark is the limit or more")}
            {Scale(ColorRamp.Change, "change of the error: blue where B is closer, white where equal, orange where B is farther away")}
            </ul>
            {Group("Where B is worse", $"No image has a worse {ranking.Title} with B.", measured.Worst, result)}
            {Group("Where B is better", $"No image has a better {ranking.Title} with B.", measured.Best, result)}</section>
            """);
    }

    private static Html Scale(ColorRamp ramp, string meaning) =>
        Html.Of($"""<li><span class="ramp" style="background:{new Html(ramp.ToCss())}"></span><span>{meaning}</span></li>""");

    private static Html Group(string title, string none, IReadOnlyList<ExampleImage> images, ComparisonResult result) => Html.Of($"""
        <h3>{title}</h3>
        {(images.Count == 0 ? Html.Of($"<p>{none}</p>\n") : Html.Empty)}{images.Select(image => Example(image, result))}
        """);

    private static Html Example(ExampleImage image, ComparisonResult result)
    {
        var (name, maps) = (image.Scores.Image, image.Maps);
        var shown = image.Original.Width < image.Width ? $", shown as {image.Original.Width}×{image.Original.Height}" : "";
        return Html.Of($"""
            <article class="example">
            <h4><bdi>{name}</bdi><span class="quiet">{image.Width}×{image.Height} pixels{shown}</span></h4>
            <p class="scores">{result.Metrics.Select((comparison, i) => Score(comparison.Metric, image.Scores.First[i], image.Scores.Second[i]))}</p>
            <div class="pictures{(Math.Max(image.Width, image.Height) <= SmallSide ? " small" : "")}">
            {Picture(image.Original, $"{name}, original", "original")}
            {Picture(image.First, $"{name}, reconstructed by A", "A")}
            {Picture(image.Second, $"{name}, reconstructed by B", "B")}
            {Picture(maps.First, $"{name}, errors of A", $"error of A, 0 to {maps.Limit}")}
            {Picture(maps.Second, $"{name}, errors of B", $"error of B, 0 to {maps.Limit}")}
            {Picture(maps.Change, $"{name}, errors of B minus errors of A", $"change of error, ±{maps.ChangeLimit}")}</div>
            </article>

            """);
    }

    private static Html Score(Metric metric, double first, double second)
    {
        var style = metric.Worsening(first, second) switch { > 0 => "worse", < 0 => "better", _ => "" };
        return Html.Of($"""
            <span><b>{metric.ShortTitle}</b> {Figure.Value(metric, first)} → {Figure.WithUnit(metric, Figure.Value(metric, second))}
            <span class="{style}">({Figure.Change(metric, second - first)})</span></span>

            """);
    }

    private static Html Picture(Picture picture, string description, string caption) => Html.Of($"""
        <figure><img alt="{description}" width="{picture.Width}" height="{picture.Height}"
        src="data:image/png;base64,{Convert.ToBase64String(picture.Png)}"><figcaption>{caption}</figcaption></figure>

        """);
}
