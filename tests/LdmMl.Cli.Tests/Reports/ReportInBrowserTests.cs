using System.Globalization;
using System.Text.RegularExpressions;

namespace LdmMl.Cli.Tests.Reports;

public sealed partial class ReportInBrowserTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ldmml-report-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [ChromiumFact]
    public void Report_fits_phone_and_desktop_without_console_errors()
    {
        var page = SampleReport.Page(60, "psnr < -5", "ssim < 0.99", "mae > +2%");
        int[] widths = [320, 390, 1280];
        Write("report.html", WithProbe(page));
        // A window has a minimum width, a frame has none.
        var frames = string.Concat(widths.Select(width => $"<iframe src=\"report.html\" style=\"border:0;width:{width}px;height:900px\"></iframe>"));
        const string Listener = "<script>addEventListener('message', e => document.body.append(`[${e.data}]`))</script>";
        Write("frames.html", $"<!DOCTYPE html><body>{Listener}{frames}</body>");

        var (dom, log) = Chromium.Run(
            Path.Combine(folder, "frames.html"), Profile, "--window-size=1400,900", "--virtual-time-budget=5000", "--dump-dom");

        var found = Probe().Matches(dom)
            .Select(match => (Inner: Number(match, "inner"), Scroll: Number(match, "scroll"), Broken: Number(match, "broken"))).ToArray();
        Assert.Equal(widths, found.Select(probe => probe.Inner).Order());
        Assert.All(found, probe => Assert.True(probe.Scroll <= probe.Inner, $"{probe.Scroll} pixels of content in {probe.Inner}"));
        Assert.All(found, probe => Assert.Equal(0, probe.Broken));
        Assert.DoesNotContain("CONSOLE", log, StringComparison.OrdinalIgnoreCase);
    }

    [ChromiumFact]
    public void Report_loads_as_it_is_and_prints()
    {
        Write("report.html", SampleReport.Page(60, "psnr < -5"));
        var pdf = Path.Combine(folder, "report.pdf");

        var (dom, log) = Chromium.Run(Path.Combine(folder, "report.html"), Profile, "--dump-dom");
        var (_, printLog) = Chromium.Run(Path.Combine(folder, "report.html"), Profile, "--no-pdf-header-footer", $"--print-to-pdf={pdf}");

        Assert.Contains("How to read this", dom, StringComparison.Ordinal);
        Assert.DoesNotContain("CONSOLE", log + printLog, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("%PDF-"u8.ToArray(), File.ReadAllBytes(pdf)[..5]);
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private string Profile => Path.Combine(folder, "profile");

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    // The page itself has no script and forbids any: the copy allows this one, which reports the width of the page and of its content, and the number
    // of broken pictures.
    internal static string WithProbe(string page) => page
        .Replace("style-src 'unsafe-inline'", "style-src 'unsafe-inline'; script-src 'unsafe-inline'", StringComparison.Ordinal)
        .Replace("</body>", $"{Teller}</body>", StringComparison.Ordinal);

    private const string Teller =
        "<script>addEventListener('load', () => parent.postMessage([innerWidth, document.documentElement.scrollWidth, "
        + "[...document.images].filter(image => !image.naturalWidth).length].join(), '*'))</script>";

    [GeneratedRegex(@"\[(?<inner>\d+),(?<scroll>\d+),(?<broken>\d+)\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    internal static partial Regex Probe();
}
