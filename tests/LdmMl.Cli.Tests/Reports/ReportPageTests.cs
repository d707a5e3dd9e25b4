using System.Text.RegularExpressions;
using LdmMl.Cli.Comparing;
using LdmMl.Cli.Reports;

namespace LdmMl.Cli.Tests.Reports;

public partial class ReportPageTests
{
    [Fact]
    public void Every_section_is_present()
    {
        var page = SampleReport.Page(12, "psnr < -5", "ssim < 0.99");

        foreach (var heading in new[] { "Gates", "Figures", "Distributions", "Images", "Scores", "Models", "Settings", "How to read this" })
            Assert.Matches($"<h2 id=\"\\w+\">{heading}</h2>", page);
        Assert.Contains("<strong>✗ Failed:</strong> 1 of 2 gates.", page, StringComparison.Ordinal);
        Assert.Contains(new string('f', 64), page, StringComparison.Ordinal);
        Assert.Equal(6, Svg().Count(page));
        Assert.Equal(12, Picture().Count(page));
        Assert.All(Picture().Matches(page), match => Assert.Contains("alt=\"", match.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Content_from_files_is_encoded()
    {
        var page = SampleReport.Page(3, "psnr < -5");

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b>first", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u0007', page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp; \uFFFD.png", page, StringComparison.Ordinal);
        Assert.Contains("<code>psnr &lt; -5</code>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_loaded_from_elsewhere()
    {
        var page = SampleReport.Page(3);

        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.All(Source().Matches(page), match => Assert.StartsWith("src=\"data:image/png;base64,", match.Value, StringComparison.Ordinal));
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_unique_and_labels_exist()
    {
        var page = SampleReport.Page(3, "psnr < -5");
        var ids = Id().Matches(page).Select(match => match.Groups["name"].Value).ToArray();

        Assert.Equal(ids.Distinct(), ids);
        Assert.All(LabelledBy().Matches(page), match => Assert.Contains(match.Groups["name"].Value, ids));
    }

    [Fact]
    public void A_report_on_many_images_stays_small()
    {
        var page = SampleReport.Page(500);

        Assert.Contains("The 200 of 500 images that B makes worst in comparison", page, StringComparison.Ordinal);
        Assert.InRange(page.Length, 10_000, 1_000_000);
    }

    [Fact]
    public void One_image_and_equal_scores_also_give_a_report()
    {
        var sample = SampleReport.Of(1);
        ImageScores[] images = [new("only.png", [double.PositiveInfinity, 1, 0], [double.PositiveInfinity, 1, 0])];
        var result = sample with
        {
            Metrics = [.. sample.Metrics.Select((metric, index) => MetricComparison.Of(metric.Metric, images, index))],
            Measured = new(images, Metric.Psnr, [], [], 1, IsComplete: true),
        };

        var page = ReportPage.Of(result).Text;

        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.Contains("No image has a worse PSNR with B.", page, StringComparison.Ordinal);
        Assert.Contains("PSNR: 1 of 1 images are excluded, because a value is not finite", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_difference_is_called_clear_only_if_interval_and_test_agree()
    {
        double[] first = [.. Enumerable.Range(0, 30).Select(i => 25 + i * 0.1)];
        double[] worse = [.. first.Select((value, i) => value - 0.2 - i % 3 * 0.1)];
        double[] mixed = [.. first.Select((value, i) => value + (i % 2 == 0 ? 0.3 : -0.29))];

        Assert.Equal(Finding.Worse, Compare(Metric.Psnr, first, worse));
        Assert.Equal(Finding.Better, Compare(Metric.Psnr, worse, first));
        Assert.Equal(Finding.Better, Compare(Metric.MeanAbsoluteError, first, worse));
        Assert.Equal(Finding.Unclear, Compare(Metric.Psnr, first, mixed));
        Assert.Equal(Finding.Unclear, Compare(Metric.Psnr, first, first));

        static Finding Compare(Metric metric, double[] first, double[] second) =>
            MetricComparison.Of(metric, [.. first.Zip(second, (a, b) => new ImageScores("image", [a], [b]))], index: 0).Finding;
    }

    [Fact]
    public void Plots_use_the_colours_of_the_page_and_have_labelled_axes()
    {
        var plots = Drawing().Matches(SampleReport.Page(60)).Select(match => match.Value).ToArray();

        Assert.Equal(6, plots.Length);
        Assert.All(plots, plot => Assert.Contains("<title id=", plot, StringComparison.Ordinal));
        Assert.All(plots, plot => Assert.True(Label().Count(plot) >= 4, plot));
        Assert.All(plots, plot => Assert.DoesNotMatch("(fill|stroke)=\"#", plot));
        foreach (var role in new[] { "--a", "--b", "--better", "--worse", "--ink", "--quiet", "--line" })
            Assert.Contains(plots, plot => plot.Contains($"var({role})", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_a_few_extreme_images_are_shown_and_they_are_sorted()
    {
        var (made, kept) = (0, new ExtremeImages(capacity: 2));
        foreach (var rank in new[] { 1.0, 5, -3, double.NaN, 2, 5, 0.5, 9 })
            kept.Offer(rank, () => Make(rank));

        Assert.Equal([9.0, 5.0], kept.Images.Select(image => image.Scores.First[0]));
        Assert.Equal(5, made);

        ExampleImage Make(double rank)
        {
            made++;
            return new(new($"{made}", [rank], [rank]), 1, 1, null!, null!, null!, null!);
        }
    }

    [Fact]
    public void Pictures_are_limited_in_size_and_state_their_scale()
    {
        var image = SampleReport.Of(2).Measured.Worst[0];

        Assert.Equal((400, 300, 256, 192), (image.Width, image.Height, image.Original.Width, image.Original.Height));
        Assert.Equal((256, 192), (image.Maps.Change.Width, image.Maps.Change.Height));
        Assert.Contains($"error of A, 0 to {image.Maps.Limit}<", SampleReport.Page(2), StringComparison.Ordinal);
    }

    [Fact]
    public void Darker_means_more_on_the_error_ramp()
    {
        var lightness = Enumerable.Range(0, 101)
            .Select(i => ColorRamp.Error.At(i / 100.0))
            .Select(color => 0.2126 * color.Red + 0.7152 * color.Green + 0.0722 * color.Blue)
            .ToArray();

        Assert.Equal(lightness.OrderDescending(), lightness);
        Assert.Equal(((byte)255, (byte)255, (byte)255), ColorRamp.Error.At(0));
        Assert.Equal(((byte)255, (byte)255, (byte)255), ColorRamp.Change.At(0.5));
    }

    [GeneratedRegex("<svg .*?</svg>", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Drawing();

    [GeneratedRegex("<text [^>]*>[^<]+</text>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Label();

    [GeneratedRegex("<svg ", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Svg();

    [GeneratedRegex("<img [^>]*>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Picture();

    [GeneratedRegex("(?:src|href)=\"[^\"]{0,30}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Source();

    [GeneratedRegex(" id=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();

    [GeneratedRegex("aria-labelledby=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelledBy();
}
