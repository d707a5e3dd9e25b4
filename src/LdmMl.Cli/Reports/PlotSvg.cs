using System.Globalization;
using System.Xml.Linq;
using ScottPlot;

namespace LdmMl.Cli.Reports;

/// <summary>Puts a drawing of ScottPlot into the page: scalable, titled, in the page's colours, with ids that are unique there.</summary>
internal static class PlotSvg
{
    private const int Width = 360, Height = 212;

    /// <summary>Draws a plot.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="id">What begins the ids of its parts.</param>
    /// <param name="title">What it shows, for people who do not see it.</param>
    public static Html Of(Plot plot, string id, string title)
    {
        var root = XDocument.Parse(plot.GetSvgXml(Width, Height)).Root!;
        foreach (var attribute in root.DescendantsAndSelf().Attributes().ToArray())
            attribute.Value = InPage(attribute, id);
        foreach (var text in root.Descendants().Where(element => element.Name.LocalName == "text"))
            text.Value = text.Value.Trim();
        var content = string.Concat(root.Elements().Select(element => element.ToString(SaveOptions.DisableFormatting)))
            .Replace($" xmlns=\"{root.Name.NamespaceName}\"", "", StringComparison.Ordinal);
        return Html.Of($"""
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-labelledby="{id}">
            <title id="{id}">{title}</title>
            {new Html(content)}
            </svg>
            """);
    }

    /// <summary>Writes a label of an axis with a typographic minus.</summary>
    public static string Number(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture).Replace('-', '\u2212');

    private static string InPage(XAttribute attribute, string id) => attribute.Name.LocalName switch
    {
        "id" => $"{id}-{attribute.Value}",
        "clip-path" => attribute.Value.Replace("url(#", $"url(#{id}-", StringComparison.Ordinal),
        "font-family" => $"{attribute.Value}, system-ui, sans-serif",
        "x" or "y" => attribute.Value.TrimEnd(' ', ','),            // one position for each letter, and a comma after the last
        _ => PlotTheme.InPage(attribute.Value),
    };
}
