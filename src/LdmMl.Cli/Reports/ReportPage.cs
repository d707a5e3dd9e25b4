using LdmMl.Cli.Comparing;

namespace LdmMl.Cli.Reports;

/// <summary>The comparison of two models as one HTML file that needs nothing else: no script, no font, no picture from elsewhere.</summary>
internal static class ReportPage
{
    public static Html Of(ComparisonResult result) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="ldmml {result.Settings.Version}">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <title>{result.Second.Path} compared with {result.First.Path}</title>
        <style>
        {ReportStyle.Text}</style>
        </head>
        <body>
        {SummarySection.Of(result)}
        <main>
        {GateSection.Of(result)}
        {FigureSection.Of(result)}
        {PlotSection.Of(result)}
        {ExampleSection.Of(result)}
        {ImageSection.Of(result)}
        {SettingsSection.Of(result)}
        </main>
        </body>
        </html>

        """);
}
