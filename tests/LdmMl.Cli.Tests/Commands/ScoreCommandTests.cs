using System.Text.Json;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Tests.Commands;

public sealed class ScoreCommandTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddImages(width: 32, height: 24);
    private readonly PerceptualFilesOfTests weights = new();

    public ScoreCommandTests()
    {
        Directory.CreateDirectory(Candidates);
        foreach (var (image, index) in Directory.EnumerateFiles(files.Images).Order(StringComparer.Ordinal).Select((image, index) => (image, index)))
            SaveDistorted(image, Path.Combine(Candidates, Path.GetFileName(image)), index);
    }

    private string Candidates => files.File("candidates");

    public void Dispose()
    {
        files.Dispose();
        weights.Dispose();
    }

    [Fact]
    public void Equal_images_are_excluded_from_the_mean_PSNR_and_counted()
    {
        using var pairs = new SampleFiles().AddImages(count: 2);
        Directory.CreateDirectory(pairs.Out);
        foreach (var (name, source) in new[] { ("image0.png", "image0.png"), ("image1.png", "image0.png") })
            File.Copy(Path.Combine(pairs.Images, source), Path.Combine(pairs.Out, name));

        var run = ToolRun.Start("score", "--reference", pairs.Images, "--candidate", pairs.Out, "--json", pairs.File("scores.json"));

        Assert.Contains("1 of 2 images equals its original: an infinite PSNR is not part of the mean.", run.Errors, StringComparison.Ordinal);
        using var document = System.Text.Json.JsonDocument.Parse(File.ReadAllText(pairs.File("scores.json")));
        Assert.Equal("Infinity", document.RootElement.GetProperty("images")[0].GetProperty("psnr").GetString());
        Assert.Equal(
            document.RootElement.GetProperty("images")[1].GetProperty("psnr").GetDouble(), document.RootElement.GetProperty("mean").GetProperty("psnr").GetDouble());
    }

    [Fact]
    public void A_broken_image_is_named_without_a_row_number()
    {
        using var pairs = new SampleFiles().AddImages(count: 2);
        File.WriteAllText(Path.Combine(pairs.Images, "image1.png"), "no image");

        var run = ToolRun.Start("score", "--reference", pairs.Images, "--candidate", pairs.Images);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"The image '{Path.Combine(pairs.Images, "image1.png")}' is", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("row", run.Errors, StringComparison.Ordinal);
        Assert.EndsWith("--skip-broken skips such files.", run.Errors.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_are_scored_in_a_table_and_in_JSON()
    {
        var run = Score("--perceptual", weights.Trunk(PerceptualTrunkConfig.Vgg(PerceptualFilesOfTests.SmallPlan)), "--json", files.File("scores.json"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("image2.png", run.Output, StringComparison.Ordinal);
        Assert.Contains("perceptual distance (uncalibrated)", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("LPIPS", run.Output + run.Errors, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(files.File("scores.json")));
        var root = document.RootElement;
        var scores = root.GetProperty("images").EnumerateArray().ToArray();
        Assert.Equal(["image0.png", "image1.png", "image2.png"], scores.Select(score => score.GetProperty("image").GetString()));
        Assert.Equal(["Infinity", "0"], new[] { scores[0].GetProperty("psnr"), scores[0].GetProperty("perceptualDistance") }.Select(value => value.ToString()));
        Assert.True(scores[2].GetProperty("psnr").GetDouble() < scores[1].GetProperty("psnr").GetDouble());
        Assert.Equal(
            scores.Average(score => score.GetProperty("perceptualDistance").GetDouble()), root.GetProperty("mean").GetProperty("perceptualDistance").GetDouble(), precision: 9);
        Assert.False(root.GetProperty("perceptual").GetProperty("isCalibrated").GetBoolean());
    }

    [Fact]
    public void An_installed_distance_opens_by_name()
    {
        var run = Score("--perceptual", "emoji");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("perceptual distance (uncalibrated)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void LPIPS_is_reported_with_name_and_version()
    {
        var trunk = PerceptualTrunkConfig.SqueezeNet;

        var run = Score("--lpips", $"{weights.Trunk(trunk)},{weights.Heads(trunk)}", "--batch", "2");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("LPIPS 0.1 (SqueezeNet 1.1)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_weights_there_is_no_perceptual_distance_but_a_hint_how_to_get_one()
    {
        var run = Score("--json", files.File("scores.json"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("'ldmml weights' says how", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("perceptual", run.Output, StringComparison.OrdinalIgnoreCase);
        using var document = JsonDocument.Parse(File.ReadAllText(files.File("scores.json")));
        Assert.False(document.RootElement.GetProperty("mean").TryGetProperty("perceptualDistance", out _));
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("perceptual").ValueKind);
    }

    [Fact]
    public void Images_missing_on_either_side_are_named()
    {
        File.Delete(Path.Combine(Candidates, "image0.png"));
        Directory.CreateDirectory(Path.Combine(Candidates, "more"));
        File.Move(Path.Combine(Candidates, "image1.png"), Path.Combine(Candidates, "more", "extra.png"));

        var run = Score("--json", files.File("scores.json"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("'image0.png', 'image1.png' of the reference folder are missing in the candidate folder.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("'more/extra.png' of the candidate folder is missing in the reference folder.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("1 pair", run.Output, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(files.File("scores.json")));
        Assert.Equal(["image0.png", "image1.png"], document.RootElement.GetProperty("missingCandidates").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public void Folders_without_a_common_name_are_an_error_with_an_example_of_each()
    {
        foreach (var file in Directory.EnumerateFiles(Candidates))
            File.Move(file, Path.Combine(Candidates, "other-" + Path.GetFileName(file)));

        var run = Score();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("the first of 3 there is 'image0.png', the first of 3 here 'other-image0.png'.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_sizes_are_an_error_that_names_the_file_and_both()
    {
        SaveSolid(Path.Combine(Candidates, "image1.png"), 8, 16);

        var run = Score();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            "'image1.png': the image in column 'reference' is 32x24 and the one in column 'candidate' is 8x16; only images of one size can be compared.",
            run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_too_small_for_a_metric_are_named()
    {
        SaveSolid(Path.Combine(files.Images, "image1.png"), 5, 5);
        SaveSolid(Path.Combine(Candidates, "image1.png"), 5, 5);

        var run = Score();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'image1.png': the images are 5x5; SSIM with a window of 7 needs 7 pixels on each side.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_stops_the_run_unless_it_may_be_skipped()
    {
        File.WriteAllText(Path.Combine(Candidates, "image1.png"), "no image");

        var stopped = Score();
        var skipped = Score("--skip-broken");

        Assert.Equal((2, 0), (stopped.ExitCode, skipped.ExitCode));
        Assert.Contains(Path.Combine(Candidates, "image1.png"), stopped.Errors, StringComparison.Ordinal);
        Assert.Contains("--skip-broken skips such files.", stopped.Errors, StringComparison.Ordinal);
        Assert.Contains("2 pairs", skipped.Output, StringComparison.Ordinal);
        Assert.Contains("image1.png", skipped.Errors, StringComparison.Ordinal);
    }

    private ToolRun Score(params string[] more) => ToolRun.Start(["score", "--reference", files.Images, "--candidate", Candidates, .. more]);

    private static void SaveDistorted(string source, string target, int strength)
    {
        using var image = MLImage.CreateFromFile(source);
        var pixels = image.Pixels.ToArray();
        for (var at = 0; at < pixels.Length; at++)
            pixels[at] = at % 4 == 3 ? (byte)255 : (byte)Math.Min(255, pixels[at] + (strength * 20));
        using var distorted = MLImage.CreateFromPixels(image.Width, image.Height, image.PixelFormat, pixels);
        distorted.Save(target);
    }

    private static void SaveSolid(string path, int width, int height)
    {
        using var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, [.. Enumerable.Repeat((byte)255, width * height * 4)]);
        image.Save(path);
    }
}
