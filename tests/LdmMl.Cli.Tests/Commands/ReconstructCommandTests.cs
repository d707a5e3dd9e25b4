using System.Text.Json;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Tests.Commands;

public sealed class ReconstructCommandTests : IDisposable
{
    // Of the 24 photographs; other tests use all of them.
    private const int Photographs = 3;

    private readonly SampleFiles files = new SampleFiles().AddModel().AddImages();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Images_keep_their_folders_and_names_of_any_length_are_saved()
    {
        var name = $"{new string('界', 80)}.png";               // 244 bytes, close to the longest possible name
        Directory.CreateDirectory(Path.Combine(files.Images, "sub"));
        File.Copy(Path.Combine(files.Images, "image0.png"), Path.Combine(files.Images, "sub", name));
        var run = ToolRun.Start("reconstruct", "--model", files.Model, "--images", files.Images, "--out", files.Out, "--json", files.File("run.json"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.True(File.Exists(Path.Combine(files.Out, "reconstructions", "sub", name)));
        using var document = System.Text.Json.JsonDocument.Parse(File.ReadAllText(files.File("run.json")));
        Assert.Contains($"sub/{name}", document.RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("image").GetString()));
    }

    [Fact]
    public void Reconstructions_a_grid_and_scores_are_written()
    {
        var run = Reconstruct("--json", files.File("scores.json"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["image0.png", "image1.png", "image2.png"], Directory.EnumerateFiles(Path.Combine(files.Out, "reconstructions")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.True(File.Exists(Path.Combine(files.Out, "grid.png")));
        using var document = JsonDocument.Parse(File.ReadAllText(files.File("scores.json")));
        var scores = document.RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("psnr").GetDouble()).ToArray();
        Assert.Equal(3, scores.Length);
        Assert.Equal(scores.Average(), document.RootElement.GetProperty("mean").GetProperty("psnr").GetDouble(), precision: 9);
        Assert.Contains("image2.png", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_do_not_depend_on_the_batch_size()
    {
        Reconstruct("--batch", "1", "--json", files.File("one.json"));
        Reconstruct("--batch", "3", "--json", files.File("three.json"));

        Assert.Equal(File.ReadAllText(files.File("one.json")), File.ReadAllText(files.File("three.json")));
    }

    [Fact]
    public void A_broken_file_stops_the_run_and_is_named()
    {
        File.WriteAllText(Path.Combine(files.Images, "image1.png"), "no image");

        var run = Reconstruct();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(Path.Combine(files.Images, "image1.png"), run.Errors, StringComparison.Ordinal);
        Assert.Contains("--skip-broken skips such files.", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_is_skipped_on_request()
    {
        File.WriteAllText(Path.Combine(files.Images, "image1.png"), "no image");

        var run = Reconstruct("--skip-broken");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("2 images;", run.Output, StringComparison.Ordinal);
        Assert.Contains("image1.png", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_too_small_for_a_metric_is_named()
    {
        using (var image = MLImage.CreateFromPixels(6, 6, MLPixelFormat.Rgba32, new byte[6 * 6 * 4]))
            image.Save(Path.Combine(files.Images, "image3.png"));

        var run = Reconstruct();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            $"'{Path.Combine(files.Images, "image3.png")}': the images are 6x6; SSIM with a window of 7 needs 7 pixels on each side.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_only_broken_files_is_an_error()
    {
        foreach (var image in Directory.EnumerateFiles(files.Images))
            File.WriteAllText(image, "no image");

        var run = Reconstruct("--skip-broken");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("None of the 3 images could be read.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_and_wrong_numbers_are_refused_with_an_explanation()
    {
        var empty = Directory.CreateDirectory(files.File("empty")).FullName;

        var nothing = ToolRun.Start("reconstruct", "--model", files.Model, "--images", empty, "--out", files.Out);
        var zero = Reconstruct("--size", "0");
        var huge = Reconstruct("--size", "20000");

        Assert.Contains("holds no image", nothing.Errors, StringComparison.Ordinal);
        Assert.Contains("--size is 0; it must be at least 1.", zero.Errors, StringComparison.Ordinal);
        Assert.Contains("--size is 20000; it must be at most 4096.", huge.Errors, StringComparison.Ordinal);
        Assert.Equal((2, 2, 2), (nothing.ExitCode, zero.ExitCode, huge.ExitCode));
        Assert.False(Directory.Exists(files.Out));
    }

    [RealDataTheory]
    [InlineData("taesd")]
    [InlineData("taesd3")]
    [InlineData("taef2")]
    public void Tiny_autoencoders_match_the_references_scores_on_photographs(string name)
    {
        var model = name == "taef2" ? Path.Combine(RealData.SharedGoldens!, "taesd", "weights") : Path.Combine(RealData.SharedData!, "taesd", name);
        using var reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(RealData.SharedData!, "kodak", "taesd_reference_psnr_ssim.json")));
        var photographs = Directory.CreateDirectory(files.File("photographs")).FullName;
        foreach (var photograph in Directory.EnumerateFiles(Path.Combine(RealData.SharedData!, "kodak"), "*.png").Order(StringComparer.Ordinal).Take(Photographs))
            File.Copy(photograph, Path.Combine(photographs, Path.GetFileName(photograph)));

        var run = ToolRun.Start("reconstruct", "--model", model, "--images", photographs, "--out", files.Out,
            "--size", "256", "--fit", "CenterCrop", "--json", files.File("scores.json"));

        Assert.Equal(0, run.ExitCode);
        using var scores = JsonDocument.Parse(File.ReadAllText(files.File("scores.json")));
        var images = scores.RootElement.GetProperty("images").EnumerateArray().ToDictionary(image => Path.GetFileNameWithoutExtension(image.GetProperty("image").GetString()!));
        var rows = reference.RootElement.GetProperty("models").GetProperty(name).EnumerateArray().ToDictionary(row => row.GetProperty("image").GetString()!);
        Assert.Equal(Photographs, images.Count);
        foreach (var (photograph, image) in images)
        {
            var expected = rows[photograph];
            Assert.Equal(expected.GetProperty("psnr_db").GetDouble(), image.GetProperty("psnr").GetDouble(), tolerance: 0.01);
            Assert.Equal(expected.GetProperty("ssim").GetDouble(), image.GetProperty("ssim").GetDouble(), tolerance: 0.001);
        }
    }

    private ToolRun Reconstruct(params string[] more) =>
        ToolRun.Start(["reconstruct", "--model", files.Model, "--images", files.Images, "--out", files.Out, "--overwrite", .. more]);
}
