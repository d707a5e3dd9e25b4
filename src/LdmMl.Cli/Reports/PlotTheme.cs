using ScottPlot;
using SkiaSharp;

namespace LdmMl.Cli.Reports;

/// <summary>The colours of a plot, which stand for variables of the page's style, and its font.</summary>
internal static class PlotTheme
{
    // Each role has a colour of its own, so that the drawing shows which is which.
    private static readonly Dictionary<string, string> Roles = new(StringComparer.OrdinalIgnoreCase)
    {
        ["#0A5EA8"] = "--a", ["#B3500B"] = "--b", ["#0A5EA9"] = "--better", ["#B3500C"] = "--worse",
        ["#1B1F24"] = "--ink", ["#57606A"] = "--quiet", ["#D0D7DE"] = "--line",
    };

    private static readonly string[] Fonts = ["DejaVu Sans", "Noto Sans", "Liberation Sans", "Arial", "Segoe UI", "Helvetica"];

    public static Color A { get; } = Role("--a");

    public static Color B { get; } = Role("--b");

    public static Color Better { get; } = Role("--better");

    public static Color Worse { get; } = Role("--worse");

    public static Color Ink { get; } = Role("--ink");

    public static Color Quiet { get; } = Role("--quiet");

    public static Color Line { get; } = Role("--line");

    /// <summary>Gets the size of text, in units of the drawing.</summary>
    public static float TextSize => 11;

    /// <summary>Gets whether there is a font to write labels with.</summary>
    public static bool CanWrite => SKFontManager.Default.FontFamilyCount > 0;

    /// <summary>Gets the page's value of a colour in the drawing; other values stay as they are.</summary>
    public static string InPage(string value) => Roles.TryGetValue(value, out var variable) ? $"var({variable})" : value;

    /// <summary>Creates an empty plot without a background, frame and grid.</summary>
    public static Plot Empty()
    {
        var plot = new Plot();
        plot.FigureBackground.Color = plot.DataBackground.Color = Colors.Transparent;
        plot.Font.Set(SKFontManager.Default.FontFamilies.Intersect(Fonts).FirstOrDefault() ?? SKTypeface.Default.FamilyName);
        plot.Axes.Right.IsVisible = plot.Axes.Top.IsVisible = false;
        foreach (var axis in (IAxis[])[plot.Axes.Left, plot.Axes.Bottom])
        {
            axis.TickLabelStyle.ForeColor = Quiet;
            axis.TickLabelStyle.FontSize = TextSize;
            axis.FrameLineStyle.Color = axis.MajorTickStyle.Color = Ink;
            axis.MinorTickStyle.Length = 0;
        }

        plot.HideGrid();
        return plot;
    }

    private static Color Role(string variable) => Color.FromHex(Roles.First(role => role.Value == variable).Key);
}
