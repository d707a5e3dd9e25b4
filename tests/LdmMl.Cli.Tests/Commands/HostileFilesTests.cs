
namespace LdmMl.Cli.Tests.Commands;

/// <summary>
/// Files that try to run a program when they are opened: opened by the tool in a separate process, whose whole output is checked.
/// </summary>
public sealed class HostileFilesTests : IDisposable
{
    // What every payload would write if it ran.
    private const string Trace = "LDMML-PICKLE-EXECUTED";

    private static readonly string Bad =
        Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "checkpoints", "odd_and_hostile", "bad");

    private readonly SampleFiles files = new();

    public static TheoryData<string> Payloads =>
        [.. Directory.EnumerateFiles(Bad, "evil_*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => files.Dispose();

    [Fact]
    public void Every_payload_is_tested() => Assert.All(
        Directory.EnumerateFiles(Bad).Where(path => File.ReadAllText(path).Contains(Trace, StringComparison.Ordinal)),
        path => Assert.StartsWith("evil_", Path.GetFileName(path), StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_payload_does_not_run(string name)
    {
        var model = files.File("model.ckpt");
        File.Copy(Path.Combine(Bad, name), model);
        File.WriteAllText(files.File("model.yaml"), SampleFiles.CompVisYaml);        // otherwise the checkpoint would not even be read
        var before = Entries();

        var run = ToolRun.StartIn(new() { ["TMPDIR"] = files.Folder, ["DOTNET_EnableDiagnostics"] = "0" }, "info", model, "--verbose");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("CheckpointException", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("YAML", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Trace, run.Output + run.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Entries());
    }

    [Theory]
    [InlineData("evil_os_system_zip.ckpt")]
    [InlineData("evil_stack_global_proto4.ckpt")]
    public void A_payload_in_a_whole_model_does_not_run(string name)
    {
        var model = files.File("model.ckpt");
        File.Copy(Path.Combine(Bad, name), model);
        File.WriteAllText(files.File("model.yaml"), SampleFiles.WholeModelYaml);
        var before = Entries();

        var run = ToolRun.StartIn(
            new() { ["TMPDIR"] = files.Folder, ["DOTNET_EnableDiagnostics"] = "0" }, "generate", "--model", model, "--out", files.Out, "--verbose");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("CheckpointException", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("YAML", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Trace, run.Output + run.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Entries());
    }

    private string[] Entries() =>
        [.. Directory.EnumerateFileSystemEntries(files.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
