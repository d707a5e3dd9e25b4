using LdmMl.Cli.Output;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Reports;

/// <summary>A training as one HTML file that needs nothing else, and loads itself again while the training runs.</summary>
internal static class TrainingPage
{
    private const int SecondsBetweenLoads = 30;

    public static Html Of(TrainingLog log, DateTimeOffset now) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="ldmml {ToolVersion.Text}">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        {(log.End is null ? Html.Of($"<meta http-equiv=\"refresh\" content=\"{SecondsBetweenLoads}\">\n") : Html.Empty)}<title>{Title(log)}</title>
        <style>
        {ReportStyle.Text}</style>
        </head>
        <body>
        {Header(log, now)}
        <main>
        {Verdicts(log)}
        {TrainingCurves.Of(log)}
        {Sheets(log)}
        {Settings(log)}
        </main>
        </body>
        </html>

        """);

    private static string Title(TrainingLog log) => log.Last is { } last ? $"Training, step {last.Step} of {last.Steps}" : "Training";

    private static Html Header(TrainingLog log, DateTimeOffset now)
    {
        if (log.Last is not { } last)
            return Html.Of($"<header><h1>Training</h1><p>No step yet.</p></header>");
        var share = (double)last.Step / last.Steps;
        return Html.Of($"""
            <header>
            <h1>Training</h1>
            <p><progress max="1" value="{share}" aria-label="progress"></progress></p>
            <dl class="settings">
            <dt>step</dt><dd>{last.Step} of {last.Steps} ({share.ToString("P0")}), epoch {last.Epoch}</dd>
            <dt>state</dt><dd>{log.End ?? $"running, about {Duration.Of(last.TimeLeft)} left"}</dd>
            <dt>speed</dt><dd>{last.ImagesPerSecond.ToString("G3")} images/s</dd>
            <dt>loss</dt><dd>{last.Loss.ToString("G4")} = {string.Join(" + ", last.Terms.Select(term => $"{term.Name} {term.Weighted:G4}"))}</dd>
            {(log.Best is { } best ? Html.Of($"<dt>best validation</dt><dd>{best}</dd>\n") : Html.Empty)}<dt>written</dt><dd>{now.ToString("u")}</dd>
            </dl>
            </header>
            """);
    }

    private static Html Verdicts(TrainingLog log) => Html.Of($"""
        <section aria-labelledby="verdicts">
        <h2 id="verdicts">What the monitor says</h2>
        {(log.Verdicts.Count == 0 ? new Html("<p>No problems.</p>") : Html.Empty)}{log.Verdicts.Select(Verdict)}
        </section>
        """);

    private static Html Verdict(TrainingVerdict verdict) =>
        Html.Of($"<p class=\"warning\"><strong>Step {verdict.Step}.</strong> {verdict.Sentence}</p>\n");

    private static Html Sheets(TrainingLog log) => log.Sheets.Count == 0 ? Html.Empty : Html.Of($"""
        <section aria-labelledby="images">
        <h2 id="images">Images</h2>
        {log.Sheets.Reverse().Select(entry => Sheet(entry.Sheet, entry.Picture))}</section>
        """);

    private static Html Sheet(TrainingPreview sheet, Comparing.Picture picture) => Html.Of($"""
        <figure class="sheet"><img alt="{sheet.Description}" width="{picture.Width}" height="{picture.Height}"
        src="data:image/png;base64,{Convert.ToBase64String(picture.Png)}"><figcaption>Step {sheet.Step}: {sheet.Description}</figcaption></figure>

        """);

    private static Html Settings(TrainingLog log) => Html.Of($"""
        <section aria-labelledby="settings">
        <h2 id="settings">Settings</h2>
        <pre class="command" tabindex="0"><code>{log.CommandLine}</code></pre>
        <dl class="settings">
        {log.Settings.Select(setting => Html.Of($"<dt>{setting.Name}</dt><dd>{setting.Value}</dd>\n"))}<dt>LdmMl</dt><dd>{ToolVersion.Text}</dd>
        </dl>
        </section>
        """);
}
