using System.Text.Json.Nodes;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Tests.Commands;

/// <summary>The effect of <c>--convolutions</c> in every command that runs networks.</summary>
public sealed class ConvolutionsTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddImages(width: 24, height: 24);
    private readonly PerceptualFilesOfTests weights = new();

    private string Json => files.File("result.json");

    private string Record => Path.Combine(files.Out, "generation.json");

    public void Dispose()
    {
        files.Dispose();
        weights.Dispose();
    }

    [Theory]
    [InlineData("reconstruct")]
    [InlineData("score")]
    [InlineData("evaluate")]
    [InlineData("compare")]
    [InlineData("generate")]
    public void Commands_that_run_networks_have_the_option_with_its_choices_and_default(string command)
    {
        var help = ToolRun.Start(command, "--help").Output;

        Assert.Contains("One of auto, exact, direct.", Words(help), StringComparison.Ordinal);
        Assert.Contains("[default: auto]", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_value_is_refused_with_the_choices()
    {
        var run = ToolRun.Start("score", "--reference", files.Images, "--candidate", files.Images, "--convolutions", "fast");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--convolutions is 'fast'; it must be one of auto, exact, direct.", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "auto")]
    [InlineData("Exact", "exact")]
    [InlineData("direct", "direct")]
    public void Reconstruct_and_compare_write_the_mode_to_the_JSON_and_to_the_report(string? given, string expected)
    {
        files.AddModel();
        string[] more = given is null ? ["--json", Json, "--overwrite"] : ["--json", Json, "--overwrite", "--convolutions", given];

        Assert.Equal(0, ToolRun.Start(["reconstruct", "--model", files.Model, "--images", files.Images, "--out", files.Out, .. more]).ExitCode);
        Assert.Equal(expected, Read()["model"]!["convolutions"]!["mode"]!.GetValue<string>());
        var report = files.File("report.html");
        Assert.Equal(0, ToolRun.Start(["compare", files.Model, files.Model, "--images", files.Images, "--out", report, .. more]).ExitCode);
        Assert.Equal(expected, Read()["settings"]!["convolutions"]!.GetValue<string>());
        Assert.Equal(expected, Read()["models"]!["b"]!["info"]!["convolutions"]!["mode"]!.GetValue<string>());
        Assert.Contains($"<dt>convolutions</dt><dd>{expected}</dd>", File.ReadAllText(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Score_and_evaluate_write_the_mode_to_the_JSON()
    {
        var trunk = weights.Trunk(PerceptualTrunkConfig.Vgg(PerceptualFilesOfTests.SmallPlan));

        ToolRun.Start(
            "score", "--reference", files.Images, "--candidate", files.Images, "--perceptual", trunk, "--convolutions", "exact", "--json", Json);
        Assert.Equal("exact", Read()["perceptual"]!["convolutions"]!.GetValue<string>());
        ToolRun.Start("evaluate", "--real", files.Images, "--generated", files.Images, "--features", trunk, "--convolutions", "direct", "--json", Json,
            "--overwrite");
        Assert.Equal("direct", Read()["convolutions"]!.GetValue<string>());
    }

    [Fact]
    public void Images_of_another_mode_are_neither_reused_nor_replaced()
    {
        files.AddDiffusionModel();
        files.Generate("--convolutions", "exact", "--json", Json);
        var run = files.Generate("--count", "2");

        Assert.Equal("exact", Read()["settings"]!["convolutions"]!.GetValue<string>());
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            $"The folder '{files.Out}' contains images that were generated with other settings: --convolutions was exact and is auto. "
            + "Choose another --out, or delete the folder.", run.Errors.Trim());
        Assert.Equal(0, files.Generate("--count", "2", "--convolutions", "exact").ExitCode);
    }

    [Fact]
    public void Images_from_versions_without_the_option_count_as_direct()
    {
        files.AddDiffusionModel();
        files.Generate("--convolutions", "direct");
        ForgetMode();

        var other = files.Generate("--count", "2");
        var same = files.Generate("--count", "2", "--convolutions", "direct");

        Assert.Contains("--convolutions was direct and is auto.", other.Errors, StringComparison.Ordinal);
        Assert.Equal(0, same.ExitCode);
    }

    [Fact]
    public void In_bfloat16_every_mode_gives_the_same_images_and_continues_a_run_of_any_mode()
    {
        files.AddDiffusionModel();
        files.Generate("--precision", "BFloat16");
        ForgetMode();

        Assert.Equal(0, files.Generate("--precision", "BFloat16", "--count", "2", "--convolutions", "exact").ExitCode);
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private JsonNode Read() => JsonNode.Parse(File.ReadAllText(Json))!;

    private void ForgetMode()
    {
        var record = JsonNode.Parse(File.ReadAllText(Record))!.AsObject();
        Assert.True(record.Remove("--convolutions"));
        File.WriteAllText(Record, record.ToJsonString());
    }
}
