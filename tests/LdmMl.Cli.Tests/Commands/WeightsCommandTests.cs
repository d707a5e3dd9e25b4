using System.Text.Json;
using LdmMl.Torch.Checkpoints.Published;

namespace LdmMl.Cli.Tests.Commands;

public sealed class WeightsCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ldmml-weights-").FullName;

    private string Cache => Path.Combine(folder, "weights");

    private string Json => Path.Combine(folder, "result.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_list_has_every_file_with_address_size_and_state()
    {
        var run = Run("weights", "--json", Json);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"cache: {Cache}\n", run.Output, StringComparison.Ordinal);
        Assert.All(PublishedFiles.All, file =>
        {
            Assert.Contains($"\n{file.Name} ", run.Output, StringComparison.Ordinal);
            Assert.Contains($"from {file.Address}\n", run.Output, StringComparison.Ordinal);
            Assert.Contains($"to   {Path.Combine(Cache, file.FileName)}\n", run.Output, StringComparison.Ordinal);
        });
        Assert.Contains("terms of vgg16, alexnet, squeezenet1_1: torchvision is BSD-3-Clause;", run.Output, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(Json));
        Assert.All(
            document.RootElement.GetProperty("files").EnumerateArray(),
            file => Assert.Equal("missing", file.GetProperty("state").GetString()));
        Assert.False(Directory.Exists(Cache));
    }

    [Fact]
    public void The_check_fails_if_something_is_missing_and_says_what_to_do()
    {
        var run = Run("weights", "--check", "vgg");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            "Missing or damaged: vgg16 lpips-vgg. 'ldmml weights download vgg16 lpips-vgg' downloads them; " +
            "without a connection, 'ldmml weights import FOLDER' takes them from a folder.\n", run.Errors);
    }

    [Fact]
    public void A_damaged_file_makes_the_list_fail_as_well()
    {
        Directory.CreateDirectory(Cache);
        File.WriteAllText(Path.Combine(Cache, PublishedFiles.LpipsVgg.FileName), "short");

        var run = Run("weights");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("it has 5 bytes instead of 7,289; 'ldmml weights download lpips-vgg' replaces it", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_name_is_a_usage_error()
    {
        var run = Run("weights", "download", "resnet");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("NAME is 'resnet'; it must be one of ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("squeeze", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_the_file_is_reported_with_a_workaround()
    {
        using var server = new LoopbackServer(_ => LoopbackAnswer.Status("404 Not Found"));

        var run = Run(server, "weights", "download", "lpips-vgg");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            $"'lpips-v0.1-vgg.pth' cannot be downloaded: {server.Address}lpips-v0.1-vgg.pth answers 404 (Not " +
            "Found).", run.Errors, StringComparison.Ordinal);
        Assert.Contains(
            $"download {PublishedFiles.LpipsVgg.Address} on another machine, put the file into a folder here and " +
            "run 'ldmml weights import FOLDER'.", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_corrupt_file_is_named_and_not_kept()
    {
        using var server = new LoopbackServer(_ => LoopbackAnswer.Whole(new byte[PublishedFiles.LpipsVgg.Length]));

        var run = Run(server, "weights", "download", "lpips-vgg");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            "is not the published 'lpips-v0.1-vgg.pth': its SHA-256 begins with 7a6ed54b instead of a78928a0. It " +
            "is deleted.", run.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Cache));
    }

    [RealDataFact]
    public void A_download_completes_over_a_connection_that_is_cut()
    {
        var content = File.ReadAllBytes(Path.Combine(RealData.SharedData!, "lpips-heads", "v0.1_vgg.pth"));
        using var server = new LoopbackServer(request =>
            request.Number == 1 ? LoopbackAnswer.Whole(content, cutAfter: 3000) : LoopbackAnswer.Rest(content, request.Start));

        var run = Run(server, "weights", "download", "lpips-vgg", "--json", Json);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"lpips-vgg: {Path.Combine(Cache, "lpips-v0.1-vgg.pth")}\n", run.Output);
        Assert.Contains("terms of lpips-vgg: BSD-2-Clause (PerceptualSimilarity)\n", run.Errors, StringComparison.Ordinal);
        Assert.Contains($"lpips-v0.1-vgg.pth, 7.3 kB, from {server.Address}lpips-v0.1-vgg.pth\n", run.Errors, StringComparison.Ordinal);
        Assert.Contains("lpips-vgg: the connection was cut; trying again in 1 s\n", run.Errors, StringComparison.Ordinal);
        Assert.Equal("bytes=3000-", server.Requests.Last().Range);
        using var document = JsonDocument.Parse(File.ReadAllText(Json));
        Assert.Equal("present", document.RootElement.GetProperty("files")[0].GetProperty("state").GetString());
    }

    [RealDataFact]
    public void Import_takes_valid_files_and_the_check_then_succeeds()
    {
        var run = Run("weights", "import", Path.Combine(RealData.SharedData!, "lpips-heads"), "--json", Json);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("lpips-vgg: taken from ", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, Run("weights", "--check", "lpips-vgg", "lpips-alex", "lpips-squeeze").ExitCode);
        Assert.Equal(1, Run("weights", "--check").ExitCode);
    }

    [Fact]
    public void Import_from_a_folder_without_the_files_fails_and_names_them()
    {
        var empty = Directory.CreateDirectory(Path.Combine(folder, "empty")).FullName;

        var run = Run("weights", "import", empty);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"'{empty}' contains none of the files: vgg16-397923af.pth, lpips-v0.1-vgg.pth, ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_of_a_file_with_another_content_fails_and_says_why()
    {
        var source = Directory.CreateDirectory(Path.Combine(folder, "source")).FullName;
        File.WriteAllText(Path.Combine(source, "vgg16-397923af.pth"), "a page");

        var run = Run("weights", "import", source);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            $"vgg16: not taken, '{Path.Combine(source, "vgg16-397923af.pth")}': it has 6 bytes instead of 553,433,881",
            run.Output, StringComparison.Ordinal);
    }

    private ToolRun Run(params string[] arguments) => ToolRun.StartIn(new() { ["LDMML_CACHE"] = folder, ["LDMML_WEIGHTS_MIRROR"] = null }, arguments);

    private ToolRun Run(LoopbackServer server, params string[] arguments) =>
        ToolRun.StartIn(new() { ["LDMML_CACHE"] = folder, ["LDMML_WEIGHTS_MIRROR"] = server.Address.ToString() }, arguments);
}
