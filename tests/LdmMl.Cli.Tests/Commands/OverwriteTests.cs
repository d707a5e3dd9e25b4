namespace LdmMl.Cli.Tests.Commands;

/// <summary>Nothing that exists is replaced unless that is requested.</summary>
public sealed class OverwriteTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddModel().AddImages();

    public void Dispose() => files.Dispose();

    [Fact]
    public void A_training_does_not_replace_an_existing_model()
    {
        var before = File.ReadAllBytes(Weights);
        var refused = Train();
        var same = File.ReadAllBytes(Weights);
        var replaced = Train("--overwrite");

        Assert.Equal((2, 0), (refused.ExitCode, replaced.ExitCode));
        Assert.Equal(
            $"--out is '{files.Model}', which contains a model; give --overwrite to replace it, or choose another folder.", refused.Errors.Trim());
        Assert.Equal(before, same);
        Assert.NotEqual(before, File.ReadAllBytes(Weights));
    }

    [Fact]
    public void An_existing_JSON_file_is_not_replaced()
    {
        File.WriteAllText(files.File("info.json"), "mine");
        var refused = ToolRun.Start("info", files.Model, "--json", files.File("info.json"));
        var kept = File.ReadAllText(files.File("info.json"));
        var replaced = ToolRun.Start("info", files.Model, "--json", files.File("info.json"), "--overwrite");

        Assert.Equal((2, 0), (refused.ExitCode, replaced.ExitCode));
        Assert.Equal($"--json is '{files.File("info.json")}', which already exists; give --overwrite to replace it, or choose another name.", refused.Errors.Trim());
        Assert.Equal("mine", kept);
        Assert.NotEqual("mine", File.ReadAllText(files.File("info.json")));
    }

    [Fact]
    public void Existing_reconstructions_are_not_replaced()
    {
        string[] words = ["reconstruct", "--model", files.Model, "--images", files.Images, "--out", files.Out];

        Assert.Equal((0, 2, 0), (ToolRun.Start(words).ExitCode, ToolRun.Start(words).ExitCode, ToolRun.Start([.. words, "--overwrite"]).ExitCode));
    }

    [Fact]
    public void Generating_more_images_updates_the_grid_and_the_JSON()
    {
        files.AddDiffusionModel();
        string[] words = ["--grid", files.File("grid.png"), "--json", files.File("run.json")];

        Assert.Equal(0, files.Generate([.. words, "--count", "1"]).ExitCode);
        Assert.Equal(0, files.Generate([.. words, "--count", "2"]).ExitCode);
        Assert.Equal(2, ToolRun.Start(["generate", "--model", files.DiffusionModel, "--out", files.File("other"), .. words]).ExitCode);
        Assert.False(Directory.Exists(files.File("other")));
    }

    private string Weights => Path.Combine(files.Model, "vae", "diffusion_pytorch_model.safetensors");

    private ToolRun Train(params string[] more) => ToolRun.Start(
    [
        "train", "autoencoder", "--images", files.Images, "--out", files.Model, "--size", "8", "--channels", "8", "--norm-groups", "4", "--multipliers",
        "1", "1", "--latent-channels", "2", "--steps", "1", .. more,
    ]);
}
