using System.Text.Json;

namespace LdmMl.Cli.Tests.Commands;

public sealed class InfoCommandTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddModel();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Info_tells_kind_sizes_range_and_scale()
    {
        var run = ToolRun.Start("info", files.Model);

        Assert.Equal(0, run.ExitCode);
        foreach (var fact in new[] { "KL autoencoder", "3 channels in [-1, 1], sides multiples of 2", "256x256 gives 2x128x128", "all present, none left over" })
            Assert.Contains(fact, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_holds_the_same_facts()
    {
        ToolRun.Start("info", files.Model, "--json", files.File("info.json"));

        using var document = JsonDocument.Parse(File.ReadAllText(files.File("info.json")));
        Assert.Equal(2, document.RootElement.GetProperty("downsampleFactor").GetInt32());
    }

    [Fact]
    public void Of_a_whole_model_network_noise_labels_and_first_stage_are_told()
    {
        files.AddDiffusionModel();
        var run = ToolRun.Start("info", files.DiffusionModel, "--json", files.File("info.json"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        foreach (var fact in new[]
        {
            "latent diffusion model", "16x16, 3 channels", "2x8x8, scale 1", "KL autoencoder, 2x smaller on each axis", "8 channels x 1 2, 1 residual block a level, attention at the middle", "Epsilon",
            "1000 steps, ScaledLinear from 0.0015 to 0.0195", "one of 2 labels, or any; takes --guidance", "Cats & dogs, 日本", "Ddim, 50 steps",
        })
        {
            Assert.Contains(fact, run.Output, StringComparison.Ordinal);
        }

        using var document = JsonDocument.Parse(File.ReadAllText(files.File("info.json")));
        Assert.Equal(["Cats & dogs", "日本"], document.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        Assert.Equal(2, document.RootElement.GetProperty("firstStage").GetProperty("downsampleFactor").GetInt32());
    }

    [Fact]
    public void Model_that_is_not_there_gets_one_sentence_with_its_path()
    {
        var run = ToolRun.Start("info", files.File("nothing"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(files.File("nothing"), run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }
}
