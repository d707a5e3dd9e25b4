using System.Text.Json;

namespace LdmMl.Cli.Tests.Commands;

public sealed class ExportCommandTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddModel();

    public void Dispose() => files.Dispose();

    [Fact]
    public void A_whole_model_becomes_a_folder_with_a_file_for_each_network()
    {
        files.AddDiffusionModel();
        var run = ToolRun.Start("export", files.DiffusionModel, "--out", files.File("exported"), "--json", files.File("export.json"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        using var document = JsonDocument.Parse(File.ReadAllText(files.File("export.json")));
        Assert.Equal(
            ["model_index.json", "scheduler/scheduler_config.json", "unet/model.onnx", "vae_decoder/model.onnx", "vae_encoder/model.onnx"],
            document.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()));
        Assert.Contains("unet/model.onnx", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_autoencoder_becomes_an_encoder_and_a_decoder()
    {
        var run = ToolRun.Start("export", files.Model, "--out", files.File("exported"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.True(File.Exists(files.File("exported/vae_decoder/model.onnx")));
        Assert.False(Directory.Exists(files.File("exported/unet")));
    }

    [Fact]
    public void An_earlier_export_is_replaced_only_when_told()
    {
        ToolRun.Start("export", files.Model, "--out", files.File("exported"));

        var again = ToolRun.Start("export", files.Model, "--out", files.File("exported"));
        var told = ToolRun.Start("export", files.Model, "--out", files.File("exported"), "--overwrite");

        Assert.Equal(2, again.ExitCode);
        Assert.Contains("--overwrite", again.Errors, StringComparison.Ordinal);
        Assert.Equal(0, told.ExitCode);
    }

    [Fact]
    public void What_is_no_model_leaves_no_folder()
    {
        var run = ToolRun.Start("export", files.File("nothing"), "--out", files.File("exported"));

        Assert.Equal(2, run.ExitCode);
        Assert.False(Directory.Exists(files.File("exported")));
    }
}
