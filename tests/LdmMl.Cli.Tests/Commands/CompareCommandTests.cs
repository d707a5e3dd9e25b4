using System.Text.Json;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Tests.Commands;

public sealed class CompareCommandTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddModel().AddImages(width: 30, height: 22);
    private readonly PerceptualFilesOfTests weights = new();

    public CompareCommandTests()
    {
        var config = new KlAutoencoderConfig
        {
            BaseChannels = 8, ChannelMultipliers = [1, 1, 1], ResidualBlocks = 1, LatentChannels = 3, NormGroups = 4,
        };
        using var other = AutoencoderModel.Create(config, seed: 2);
        other.Save(Other);
    }

    private string Other => files.File("other <model>");

    private string Report => files.File("report.html");

    private string Json => files.File("report.json");

    public void Dispose()
    {
        files.Dispose();
        weights.Dispose();
    }

    [Fact]
    public void Report_and_JSON_are_written_with_the_scores_of_reconstruct()
    {
        var run = Compare("--json", Json);
        ToolRun.Start("reconstruct", "--model", Other, "--images", files.Images, "--out", files.Out, "--json", files.File("scores.json"));

        Assert.Equal(0, run.ExitCode);
        using var document = JsonDocument.Parse(File.ReadAllText(Json));
        using var scores = JsonDocument.Parse(File.ReadAllText(files.File("scores.json")));
        Assert.Equal(
            scores.RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("psnr").GetDouble()),
            document.RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("b").GetProperty("psnr").GetDouble()));
        var psnr = document.RootElement.GetProperty("metrics").GetProperty("psnr");
        Assert.Equal(
            psnr.GetProperty("b").GetProperty("estimate").GetDouble() - psnr.GetProperty("a").GetProperty("estimate").GetDouble(),
            psnr.GetProperty("change").GetProperty("estimate").GetDouble(), precision: 9);
        Assert.True(document.RootElement.GetProperty("passed").GetBoolean());
        var page = File.ReadAllText(Report);
        Assert.Contains("image2.png", page, StringComparison.Ordinal);
        Assert.Contains("other &lt;model&gt;", page, StringComparison.Ordinal);
        var hash = document.RootElement.GetProperty("models").GetProperty("b").GetProperty("weightHash").GetString()!;
        Assert.Contains(hash, page, StringComparison.Ordinal);
        Assert.Contains("PSNR", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_gate_ends_with_1_and_is_reported_everywhere()
    {
        var run = Compare("--json", Json, "--fail-if", "psnr < 1000", "--fail-if", "ssim > 2");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("failed: fail if psnr < 1000: measured ", run.Output, StringComparison.Ordinal);
        Assert.Contains("passed: fail if ssim > 2: measured ", run.Output, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(Json));
        var failed = document.RootElement.GetProperty("gates").EnumerateArray().Select(gate => gate.GetProperty("failed").GetBoolean());
        Assert.Equal([true, false], failed);
        Assert.False(document.RootElement.GetProperty("passed").GetBoolean());
        Assert.Contains("<strong>✗ Failed:</strong> 1 of 2 gates.", File.ReadAllText(Report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_compared_with_itself_shows_no_change_and_passes_every_gate_on_change()
    {
        var run = ToolRun.Start("compare", files.Model, files.Model, "--images", files.Images, "--out", Report, "--json", Json,
            "--fail-if", "psnr < -0.001", "--fail-if", "mae > +0.1%", "--fail-if", "ssim < +0");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("note: Both models have the same weights.", run.Errors, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(Json));
        var ssim = document.RootElement.GetProperty("metrics").GetProperty("ssim");
        Assert.Equal((0, 1), (ssim.GetProperty("change").GetProperty("upper").GetDouble(), ssim.GetProperty("pValue").GetDouble()));
    }

    [Theory]
    [InlineData("psnr <", "is not a gate")]
    [InlineData("lpips > +2%", "'lpips' is not measured here")]
    public void Wrong_gates_are_refused_before_any_work(string gate, string sentence)
    {
        var run = Compare("--fail-if", gate);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Report));
    }

    [Fact]
    public void An_uncalibrated_distance_is_never_called_LPIPS()
    {
        var trunk = weights.Trunk(PerceptualTrunkConfig.Vgg(PerceptualFilesOfTests.SmallPlan));
        var run = Compare("--perceptual", trunk, "--json", Json, "--fail-if", "perceptual >= 0");
        var refused = Compare("--perceptual", trunk, "--fail-if", "lpips > +2%");

        Assert.Equal((1, 2), (run.ExitCode, refused.ExitCode));
        Assert.Contains("an uncalibrated distance is called 'perceptual'", refused.Errors, StringComparison.Ordinal);
        var page = File.ReadAllText(Report);
        Assert.DoesNotContain("LPIPS", run.Output + page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Ranked by the change of uncalibrated perceptual distance", page, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(Json));
        var metrics = document.RootElement.GetProperty("metrics").EnumerateObject().Select(metric => metric.Name);
        Assert.Equal(["psnr", "ssim", "mae", "perceptual"], metrics);
        Assert.All(document.RootElement.GetProperty("images").EnumerateArray(), image =>
            Assert.True(image.GetProperty("b").GetProperty("perceptual").GetDouble() > 0));
    }

    [Fact]
    public void Calibrated_weights_make_the_metric_lpips_and_a_gate_on_it_stops_a_build()
    {
        var trunk = PerceptualTrunkConfig.SqueezeNet;
        var lpips = $"{weights.Trunk(trunk)},{weights.Heads(trunk)}";
        var same = ToolRun.Start(
            "compare", files.Model, files.Model, "--images", files.Images, "--out", Report, "--lpips", lpips, "--fail-if", "lpips > +2%");
        var other = Compare("--lpips", lpips, "--fail-if", "lpips >= 0", "--json", Json);

        Assert.Equal((0, 1), (same.ExitCode, other.ExitCode));
        Assert.Contains("LPIPS 0.1 (SqueezeNet 1.1)", other.Output, StringComparison.Ordinal);
        Assert.Contains("LPIPS 0.1 (SqueezeNet 1.1), Float32, ", File.ReadAllText(Report), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(Json));
        Assert.True(document.RootElement.GetProperty("metrics").TryGetProperty("lpips", out _));
    }

    [Fact]
    public void A_folder_as_report_is_refused()
    {
        var run = ToolRun.Start("compare", files.Model, Other, "--images", files.Images, "--out", files.Images);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--out is '{files.Images}', which is a folder; give a file.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void One_file_for_report_and_JSON_is_refused()
    {
        var run = Compare("--json", Report);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal($"--out and --json name the same file, '{Report}'; give each its own name.", run.Errors.Trim());
        Assert.False(File.Exists(Report));
    }

    [Fact]
    public void Broken_files_are_skipped_on_request_and_counted()
    {
        File.WriteAllText(Path.Combine(files.Images, "image1.png"), "no image");

        var stopped = Compare();
        var run = Compare("--skip-broken");

        Assert.Equal((2, 0), (stopped.ExitCode, run.ExitCode));
        Assert.Contains("image1.png", stopped.Errors, StringComparison.Ordinal);
        Assert.Contains("2 of 3 image files were compared.", File.ReadAllText(Report), StringComparison.Ordinal);
    }

    private ToolRun Compare(params string[] more) =>
        ToolRun.Start(["compare", files.Model, Other, "--images", files.Images, "--out", Report, "--overwrite", .. more]);
}
