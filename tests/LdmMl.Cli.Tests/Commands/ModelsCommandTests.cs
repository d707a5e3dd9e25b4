namespace LdmMl.Cli.Tests.Commands;

public sealed class ModelsCommandTests : IDisposable
{
    private readonly SampleFiles files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void The_models_shipped_with_the_tool_are_listed_and_open_by_name()
    {
        var list = ToolRun.Start("models", "--json", files.File("models.json"));
        var info = ToolRun.Start("info", "emoji");
        var images = ToolRun.Start("generate", "--model", "emoji", "--label", "flags", "--steps", "1", "--out", files.Out);

        Assert.Equal((0, 0, 0), (list.ExitCode, info.ExitCode, images.ExitCode));
        foreach (var kind in new[] { "autoencoder", "latent diffusion model", "perceptual distance" })
            Assert.Contains(kind, list.Output, StringComparison.Ordinal);
        Assert.Contains("latent diffusion model", info.Output, StringComparison.Ordinal);
        Assert.Contains("emoji", File.ReadAllText(files.File("models.json")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(files.Out, "000000-flags.png")));
    }
}
