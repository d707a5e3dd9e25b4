using System.Text.Json;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Tests.Commands;

/// <summary>Common behaviour of all commands that read images.</summary>
public sealed class ImageReadingTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddImages(count: 3, width: 16, height: 16).AddModel().AddDiffusionModel();
    private readonly PerceptualFilesOfTests weights = new();

    public static TheoryData<string> ReadingCommands => ["reconstruct", "score", "evaluate", "compare", "generate", "train autoencoder", "train diffusion"];

    private string Trunk => weights.Trunk(PerceptualTrunkConfig.Vgg(PerceptualFilesOfTests.SmallPlan));

    public void Dispose()
    {
        files.Dispose();
        weights.Dispose();
    }

    [Theory]
    [MemberData(nameof(ReadingCommands))]
    public void A_command_refuses_images_above_its_pixel_limit_and_accepts_those_at_the_limit(string command)
    {
        var refused = Start(command, "--max-pixels", "255");
        var taken = Start(command, "--max-pixels", "256");

        Assert.Equal((2, 0), (refused.ExitCode, taken.ExitCode));
        Assert.Contains("has 16x16 = 256 pixels, more than the 255 allowed; shrink it or raise the limit.", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_below_one_pixel_is_refused() =>
        Assert.StartsWith("--max-pixels must be at least 1.", Start("reconstruct", "--max-pixels", "0").Errors, StringComparison.Ordinal);

    [Theory]
    [InlineData("score", "images")]
    [InlineData("evaluate", "metrics")]
    public void A_link_to_its_own_folder_does_not_duplicate_images(string command, string key)
    {
        Directory.CreateDirectory(Path.Combine(files.Images, "sub"));
        Directory.CreateSymbolicLink(Path.Combine(files.Images, "sub", "loop"), files.Images);

        Assert.Equal(0, Start(command, "--json", files.File("figures.json")).ExitCode);
        using var document = JsonDocument.Parse(File.ReadAllText(files.File("figures.json")));
        var counted = document.RootElement.GetProperty(key);
        Assert.Equal(3, command == "score" ? counted.GetArrayLength() : counted.GetProperty("realCount").GetInt32());
    }

    [Fact]
    public void TIFF_TGA_and_PPM_files_are_read()
    {
        var scans = Directory.CreateDirectory(files.File("scans")).FullName;
        File.WriteAllBytes(Path.Combine(scans, "a.ppm"), [.. "P6 16 16 255\n"u8, .. Enumerable.Repeat((byte)128, 768)]);
        File.WriteAllBytes(Path.Combine(scans, "b.TGA"), [0, 0, 2, .. new byte[9], 16, 0, 16, 0, 24, 0, .. Enumerable.Repeat((byte)64, 768)]);
        File.WriteAllBytes(Path.Combine(scans, "c.tif"), "II*\0\0\0\0\0"u8);
        var run = ToolRun.Start("reconstruct", "--model", files.Model, "--images", scans, "--out", files.Out, "--skip-broken");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"warning: The image '{Path.Combine(scans, "c.tif")}' is damaged", run.Errors, StringComparison.Ordinal);
        Assert.Equal(
            ["a.ppm.png", "b.TGA.png"],
            Directory.EnumerateFiles(Path.Combine(files.Out, "reconstructions")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Images_too_large_for_the_memory_are_refused_in_the_tools_own_terms()
    {
        var run = files.Generate("--label", "日本", "--count", "10000", "--batch", "10000", "--width", "4096", "--height", "4096");

        Assert.Equal(2, run.ExitCode);
        Assert.Matches(
            @"^10000 images of 4096x4096 at once take about [\d.]+ GB of memory in the U-Net, and [\d.]+ GB are free\. "
            + @"Give --batch \d+, or make them smaller\.$",
            run.Errors.Trim());
        Assert.False(Directory.Exists(files.Out));
    }

    private ToolRun Start(string command, params string[] more)
    {
        var output = files.File($"out-{Guid.NewGuid():N}");
        string[] words = command switch
        {
            "score" => ["score", "--reference", files.Images, "--candidate", files.Images, "--perceptual", Trunk],
            "evaluate" => ["evaluate", "--real", files.Images, "--generated", files.Images, "--features", Trunk],
            "compare" => ["compare", files.Model, files.Model, "--images", files.Images, "--out", output],
            "generate" => ["generate", "--model", files.DiffusionModel, "--init", files.Images, "--strength", "0.5", "--steps", "2", "--out", output],
            "train autoencoder" =>
                ["train", "autoencoder", "--images", files.Images, "--out", output, "--size", "16", "--steps", "1", "--channels", "8", "--norm-groups", "4"],
            "train diffusion" =>
                ["train", "diffusion", "--autoencoder", files.Model, "--images", files.Images, "--out", output, "--size", "16", "--steps", "1",
                    "--channels", "8", "--norm-groups", "4", "--multipliers", "1", "1", "--attention", "0", "--blocks", "1", "--head-channels", "4"],
            _ => [command, "--model", files.Model, "--images", files.Images, "--out", output],
        };
        return ToolRun.Start([.. words, .. more]);
    }
}
