using System.Text.RegularExpressions;
using LdmMl.Cli.Reports;
using LdmMl.Cli.Tests.Output;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Tests.Reports;

public sealed partial class TrainingReportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ldmml-report-").FullName;
    private readonly ManualClock clock = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_page_is_self_contained_and_complete()
    {
        var page = Page(600, "Completed");

        Assert.DoesNotMatch(@"(src|href)=""(?!data:)", page);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http-equiv=\"refresh\"", page, StringComparison.Ordinal);
        Assert.Contains("<dt>state</dt><dd>Completed</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<strong>Step 300.</strong> The loss &lt;does&gt; not fall.", page, StringComparison.Ordinal);
        Assert.Contains("<code>ldmml train &amp; so on</code>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>images</dt><dd>3 images of photos</dd>", page, StringComparison.Ordinal);
        foreach (var title in new[] { "Validation: PSNR in dB", "Loss term: adversarial", "Logits of the discriminator", "Learning rate", "Images per second" })
            Assert.Contains(title, page, StringComparison.Ordinal);
        Assert.Equal(Ids().Count(page), Ids().Matches(page).Select(match => match.Value).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void During_the_training_the_page_reloads_itself_and_shows_the_remaining_time()
    {
        var page = Page(100, end: null);

        Assert.Contains("<meta http-equiv=\"refresh\" content=\"30\">", page, StringComparison.Ordinal);
        Assert.Contains("running, about 54 s left", page, StringComparison.Ordinal);
        Assert.Contains("No problems.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_with_one_step_or_none_can_be_created()
    {
        Assert.Contains("1 of 600", Page(1, end: null), StringComparison.Ordinal);
        Assert.Contains("No step yet.", Page(0, end: null), StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_written_periodically_soon_after_news_and_at_the_end()
    {
        var file = new FileInfo(Path.Combine(folder, "training.html"));
        var report = new TrainingReportFile(file, Log(), clock);
        var written = new List<int>();
        for (var step = 1; step <= 70; step++)
        {
            report.Report(step == 40 ? Validated(step) : TrainingDisplayTests.Step(step));
            written.Add(StepIn(file));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        report.Finish("Interrupted");
        Assert.Equal([1, 31, 40, 70], written.Append(StepIn(file)).Distinct());
        Assert.Equal(["training.html"], Directory.GetFiles(folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_report_that_cannot_be_written_does_not_end_the_training()
    {
        var blocked = Path.Combine(folder, "file");
        File.WriteAllText(blocked, "");
        var report = new TrainingReportFile(new FileInfo(Path.Combine(blocked, "training.html")), Log(), clock);
        report.Report(TrainingDisplayTests.Step(1));

        Assert.StartsWith("The report '", report.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Curves_keep_at_most_a_thousand_steps_and_the_sheets_include_the_first_and_the_last()
    {
        var log = Log();
        for (var step = 1; step <= 10_000; step++)
            log.Add(TrainingDisplayTests.Step(step) with { Steps = 10_000, Preview = step % 500 == 0 ? Sheet(step) : null });

        Assert.InRange(log.Steps.Count, 500, 1000);
        Assert.Equal(6, log.Sheets.Count);
        Assert.Equal((500, 10_000), (log.Sheets[0].Sheet.Step, log.Sheets[^1].Sheet.Step));
    }

    [ChromiumFact]
    public void The_page_fits_phone_and_desktop_without_console_errors()
    {
        int[] widths = [390, 1280];
        File.WriteAllText(Path.Combine(folder, "training.html"), ReportInBrowserTests.WithProbe(Page(600, "Completed")));
        var frames = string.Concat(widths.Select(width => $"<iframe src=\"training.html\" style=\"border:0;width:{width}px;height:900px\"></iframe>"));
        const string Listener = "<script>addEventListener('message', e => document.body.append(`[${e.data}]`))</script>";
        File.WriteAllText(Path.Combine(folder, "frames.html"), $"<!DOCTYPE html><body>{Listener}{frames}</body>");

        var (dom, log) = Chromium.Run(
            Path.Combine(folder, "frames.html"), Path.Combine(folder, "profile"), "--window-size=1400,900", "--virtual-time-budget=5000", "--dump-dom");
        var found = ReportInBrowserTests.Probe().Matches(dom)
            .Select(match => (Inner: int.Parse(match.Groups["inner"].Value), Scroll: int.Parse(match.Groups["scroll"].Value), Broken: match.Groups["broken"].Value))
            .ToArray();

        Assert.Equal(widths, found.Select(probe => probe.Inner).Order());
        Assert.All(found, probe => Assert.True(probe.Scroll <= probe.Inner, $"{probe.Scroll} pixels of content in {probe.Inner}"));
        Assert.All(found, probe => Assert.Equal("0", probe.Broken));
        Assert.DoesNotContain("CONSOLE", log, StringComparison.OrdinalIgnoreCase);
    }

    private static TrainingLog Log() => new("ldmml train & so on", [("images", "3 images of photos")]);

    private static string Page(int steps, string? end)
    {
        var log = Log();
        for (var step = 1; step <= steps; step++)
        {
            var taken = step % 50 == 0 ? Validated(step) : TrainingDisplayTests.Step(step) with { Loss = 1.0 / step };
            log.Add(taken with
            {
                Preview = step % 200 == 0 ? Sheet(step) : null,
                Verdicts = step == 300 ? [new(TrainingVerdictKind.LossNotFalling, step, "The loss <does> not fall.")] : [],
            });
        }

        log.End = end;
        return TrainingPage.Of(log, DateTimeOffset.UnixEpoch).Text;
    }

    private static TrainingStep Validated(int step) =>
        TrainingDisplayTests.Step(step) with { Validation = new ReconstructionValidation(step, 1.0 / step, 20 + (step / 100.0)) };

    private static TrainingPreview Sheet(int step) => new(step, 2, 1, 8, 4, new byte[8 * 4 * 3], $"2 samples after {step} steps");

    private static int StepIn(FileInfo file) => int.Parse(Title().Match(File.ReadAllText(file.FullName)).Groups["step"].Value);

    [GeneratedRegex(@"<title>Training, step (?<step>\d+) of", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Title();

    [GeneratedRegex("\\bid=\"[^\"]+\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ids();
}
