using System.Text.Json;
using LdmMl.Cli.Commands;
using LdmMl.Torch.Checkpoints.Published;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Tests.Commands;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly SampleFiles real = new SampleFiles().AddImages(count: 7);
    private readonly SampleFiles generated = new SampleFiles().AddImages(count: 5);
    private readonly PerceptualFilesOfTests weights = new();

    private string Trunk => weights.Trunk(PerceptualTrunkConfig.Vgg(PerceptualFilesOfTests.SmallPlan));

    public void Dispose()
    {
        real.Dispose();
        generated.Dispose();
        weights.Dispose();
    }

    [Fact]
    public void Sets_are_compared_in_a_table_and_in_JSON_and_a_broken_file_can_be_skipped()
    {
        File.WriteAllText(Path.Combine(generated.Images, "torn.png"), "no image");
        var json = real.File("figures.json");

        var run = Evaluate("--features", Trunk, "--batch", "3", "--skip-broken", "--json", json);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Fréchet distance (mean activations of trunk)", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("FID", run.Output, StringComparison.Ordinal);
        Assert.Contains("7 real and 5 generated images; mean activations of trunk;", run.Output, StringComparison.Ordinal);
        Assert.Contains("warning: The features are mean activations of trunk, uncalibrated", run.Errors, StringComparison.Ordinal);
        Assert.Contains($"warning: The image '{Path.Combine(generated.Images, "torn.png")}' is ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("It is skipped.", run.Errors, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        var metrics = document.RootElement.GetProperty("metrics");
        Assert.True(metrics.GetProperty("frechetDistance").GetDouble() >= 0);
        Assert.InRange(metrics.GetProperty("precision").GetDouble(), 0, 1);
        Assert.Equal(
            [7, 5, 0, 0],
            new[] { "realCount", "generatedCount", "realMissingCount", "generatedMissingCount" }.Select(name => metrics.GetProperty(name).GetInt32()));
        Assert.Equal((0, 1), (LeftOut("real"), LeftOut("generated")));
        Assert.False(document.RootElement.GetProperty("features").GetProperty("isInception").GetBoolean());
        Assert.Equal(64, document.RootElement.GetProperty("features").GetProperty("fingerprint").GetString()!.Length);

        int LeftOut(string set) => document.RootElement.GetProperty("leftOut").GetProperty(set).GetInt32();
    }

    [Fact]
    public void A_broken_file_stops_the_run_and_is_named()
    {
        File.WriteAllText(Path.Combine(generated.Images, "torn.png"), "no image");

        var run = Evaluate("--features", Trunk);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(Path.Combine(generated.Images, "torn.png"), run.Errors, StringComparison.Ordinal);
        Assert.Contains("--skip-broken skips such files.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_of_several_sizes_give_a_warning_unless_they_are_resized_to_one()
    {
        using var wide = new SampleFiles().AddImages(count: 5, width: 40, height: 16);
        string[] folders = ["evaluate", "--real", real.Images, "--generated", wide.Images, "--features", Trunk];

        var warned = ToolRun.Start(folders);
        var sized = ToolRun.Start([.. folders, "--size", "16"]);

        Assert.Equal((0, 0), (warned.ExitCode, sized.ExitCode));
        Assert.Contains("from 24x16 to 40x16:", warned.Errors, StringComparison.Ordinal);
        Assert.Contains("the distances depend on how they are resized. --size brings all to one", warned.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("several sizes", sized.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_features_it_says_what_to_give()
    {
        var run = Evaluate();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'inception' for FID, once 'ldmml weights download inception' has got its weights", run.Errors, StringComparison.Ordinal);
        Assert.Contains("such as the installed emoji, uncalibrated features whose distances are not FID.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_features_are_named_with_the_command_that_downloads_them()
    {
        var cache = new WeightCache(real.File("weights"));

        var inception = Assert.Throws<FileNotFoundException>(() => FeatureOptions.Load("inception", cache: cache));
        var file = Assert.Throws<FileNotFoundException>(() => FeatureOptions.Load("nowhere.pth", cache: cache));

        Assert.StartsWith(
            $"--features inception needs published weights, and in '{cache.Folder}' pt_inception-2015-12-05-6726825d.pth is missing. "
            + "Run 'ldmml weights download inception', or, without a connection, fetch https://",
            inception.Message, StringComparison.Ordinal);
        Assert.Equal("--features names 'nowhere.pth', which does not exist; it takes inception, a name that 'ldmml models' lists, or a file.", file.Message);
    }

    [Fact]
    public void A_missing_folder_is_named_before_any_work()
    {
        var run = ToolRun.Start("evaluate", "--real", real.Images, "--generated", real.File("nowhere"), "--features", "inception");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("nowhere', but there is no such folder.", run.Errors, StringComparison.Ordinal);
    }

    private ToolRun Evaluate(params string[] more) => ToolRun.Start(["evaluate", "--real", real.Images, "--generated", generated.Images, .. more]);
}
