using LdmMl.Torch.Models;

namespace LdmMl.Cli.Tests.Commands;

/// <summary><c>ldmml weights convert</c>; the conversion itself is tested with the library.</summary>
public sealed class WeightsConvertCommandTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddImages(count: 4);

    public void Dispose() => files.Dispose();

    [Fact]
    public void A_missing_or_foreign_file_and_a_network_that_is_not_converted_are_refused_with_what_to_do()
    {
        File.WriteAllText(files.File("text.onnx"), "not an ONNX file");
        File.WriteAllText(files.File("there.safetensors"), "");
        var missing = ToolRun.Start("weights", "convert", files.File("missing.onnx"), "--out", files.File("a.safetensors"));
        var foreign = ToolRun.Start("weights", "convert", files.File("text.onnx"), "--out", files.File("a.safetensors"));
        var kept = ToolRun.Start("weights", "convert", files.File("text.onnx"), "--out", files.File("there.safetensors"));

        Assert.Equal((2, 2, 2), (missing.ExitCode, foreign.ExitCode, kept.ExitCode));
        Assert.Contains("which does not exist", missing.Errors, StringComparison.Ordinal);
        Assert.Contains("text.onnx", foreign.Errors, StringComparison.Ordinal);
        Assert.Contains("--overwrite", kept.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(files.File("a.safetensors")));
        if (!Directory.Exists(Path.Combine(InstalledModels.Converted, "resnet18-cntk")))     // somebody may have made it on this machine
        {
            Assert.Contains(
                "'ldmml weights convert' makes it",
                Assert.Throws<FileNotFoundException>(() => LdmMl.Cli.Commands.FeatureOptions.Load("resnet18-cntk")).Message, StringComparison.Ordinal);
        }

        Assert.EndsWith(Path.Combine("models"), InstalledModels.Converted, StringComparison.Ordinal);
    }
}
