using System.Text.Json;

namespace LdmMl.Cli.Tests.Commands;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ldmml-doctor-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Doctor_names_what_it_found_and_succeeds()
    {
        var run = ToolRun.StartProcess("doctor");

        Assert.Equal(0, run.ExitCode);
        foreach (var subject in new[] { "system", "TorchSharp", "libtorch", "processor", "threads", "convolutions", "allocator", "GPU" })
            Assert.Contains(subject, run.Output, StringComparison.Ordinal);
        Assert.Contains("LdmMl works here.", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Errors);
    }

    [Fact]
    public void Without_AVX2_the_fast_convolutions_are_reported_as_missing()
    {
        var run = ToolRun.StartIn(new() { ["DOTNET_EnableAVX2"] = "0" }, "doctor");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("note: convolutions: The fast ones need AVX2 and FMA", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_JSON_contains_the_findings()
    {
        var file = Path.Combine(folder, "doctor.json");

        ToolRun.StartProcess("doctor", "--json", file);

        using var document = JsonDocument.Parse(File.ReadAllText(file));
        Assert.True(document.RootElement.GetProperty("healthy").GetBoolean());
        Assert.Contains(document.RootElement.GetProperty("findings").EnumerateArray(), finding => finding.GetProperty("subject").GetString() == "libtorch");
        Assert.Single(Directory.EnumerateFiles(folder));
    }

    [Fact]
    public void An_unwritable_home_and_cache_do_not_matter()
    {
        var nowhere = Path.Combine(folder, "file");
        File.WriteAllText(nowhere, "");

        var run = ToolRun.StartIn(new() { ["HOME"] = nowhere, ["XDG_CACHE_HOME"] = nowhere, ["TMPDIR"] = folder, ["DOTNET_CLI_HOME"] = folder }, "doctor");

        Assert.Equal(0, run.ExitCode);
    }

    [CompatibilityCopyFact]
    public void Without_any_writable_folder_the_reason_and_the_remedy_are_given()
    {
        var nowhere = Path.Combine(folder, "file");
        File.WriteAllText(nowhere, "");

        var run = ToolRun.StartIn(new() { ["HOME"] = nowhere, ["XDG_CACHE_HOME"] = nowhere, ["TMPDIR"] = nowhere, ["DOTNET_EnableDiagnostics"] = "0" }, "doctor");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("none of these folders can be written", run.Output, StringComparison.Ordinal);
        Assert.Contains("set XDG_CACHE_HOME to a folder that is", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_that_start_together_in_an_empty_cache_all_work()
    {
        var environment = new Dictionary<string, string?> { ["XDG_CACHE_HOME"] = folder };

        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => ToolRun.StartIn(environment, "doctor"))));

        Assert.All(runs, run => Assert.Equal(0, run.ExitCode));
    }
}
