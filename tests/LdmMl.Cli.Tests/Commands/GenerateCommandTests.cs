using System.Text.Json.Nodes;
using LdmMl.Torch.Generation;

namespace LdmMl.Cli.Tests.Commands;

public sealed class GenerateCommandTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddDiffusionModel();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Images_are_named_by_number_and_label_and_written_with_a_grid_and_a_JSON_file()
    {
        var run = Generate(files.Out, "--count", "4", "--seed", "7", "--label", "all", "--grid", files.File("grid.png"), "--json", files.File("run.json"));
        var json = JsonNode.Parse(File.ReadAllText(files.File("run.json")))!;

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(
            ["000000-cats-dogs.png", "000001-label1.png", "000002-cats-dogs.png", "000003-label1.png", "generation.json"], Names(files.Out));
        Assert.Contains($"4 of 4 images are in {files.Out}; this run made 4, ", run.Output, StringComparison.Ordinal);
        Assert.True(new FileInfo(files.File("grid.png")).Length > 0);
        Assert.Equal([7, 8, 9, 10], json["images"]!.AsArray().Select(image => image!["seed"]!.GetValue<long>()));
        Assert.Equal(["Cats & dogs", "日本", "Cats & dogs", "日本"], json["images"]!.AsArray().Select(image => image!["label"]!.GetValue<string>()));
        Assert.All(json["images"]!.AsArray(), image => Assert.True(image!["seconds"]!.GetValue<double>() > 0));
        using var model = LatentDiffusionModel.Load(files.DiffusionModel);
        Assert.Equal(model.ComputeWeightHash(), json["model"]!["weightHash"]!.GetValue<string>());
        Assert.Equal(3, json["settings"]!["steps"]!.GetValue<int>());
        Assert.Equal("Completed", json["outcome"]!.GetValue<string>());
    }

    [Fact]
    public void Two_shards_give_the_same_bytes_as_one_run()
    {
        Generate(files.Out, "--count", "5", "--label", "all");
        var first = Generate(files.File("shards"), "--count", "5", "--label", "all", "--shard", "0/2", "--batch", "1");
        var second = Generate(files.File("shards"), "--count", "5", "--label", "all", "--shard", "1/2");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains("shard 0/2: 3 of 5 images", first.Errors, StringComparison.Ordinal);
        Assert.Equal(Names(files.Out), Names(files.File("shards")));
        Assert.All(Names(files.Out), name => Assert.Equal(Bytes(files.Out, name), Bytes(files.File("shards"), name)));
    }

    [Fact]
    public void A_job_array_is_recognised_by_its_variables()
    {
        var run = ToolRun.StartIn(
            new() { ["JOB_COMPLETION_INDEX"] = "1", ["JOB_COMPLETIONS"] = "2" },
            "generate", "--model", files.DiffusionModel, "--steps", "1", "--out", files.Out, "--count", "3");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("shard 1/2, as JOB_COMPLETION_INDEX and JOB_COMPLETIONS say: 1 of 3 images", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["000001.png", "generation.json"], Names(files.Out));
    }

    [Fact]
    public void Existing_images_are_kept_and_only_the_rest_is_generated()
    {
        Generate(files.Out, "--count", "3");
        var (kept, again) = (Path.Combine(files.Out, "000001.png"), Path.Combine(files.Out, "000002.png"));
        var (bytes, time) = (File.ReadAllBytes(again), File.GetLastWriteTimeUtc(kept));
        File.Delete(again);
        var (leftover, underWay) = (Path.Combine(files.Out, ".ldmml-1.tmp"), Path.Combine(files.Out, ".ldmml-2.tmp"));
        File.WriteAllText(leftover, "half an image");
        File.SetLastWriteTimeUtc(leftover, DateTime.UtcNow.AddHours(-2));
        File.WriteAllText(underWay, "that of another machine");
        var run = Generate(files.Out, "--count", "4", "--json", files.File("run.json"));
        var json = JsonNode.Parse(File.ReadAllText(files.File("run.json")))!;

        Assert.Contains("2 of 4 images exist already.", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, json["made"]!.GetValue<int>());
        Assert.Equal(time, File.GetLastWriteTimeUtc(kept));
        Assert.Equal(bytes, File.ReadAllBytes(again));
        Assert.Equal((false, true), (File.Exists(leftover), File.Exists(underWay)));
    }

    [Fact]
    public void Images_generated_with_other_settings_are_neither_reused_nor_replaced()
    {
        Generate(files.Out, "--count", "1");
        var run = Generate(files.Out, "--count", "1", "--sampler", "Euler", "--seed", "3");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            $"The folder '{files.Out}' contains images that were generated with other settings: --sampler was Ddim and is Euler; --seed was 0 and is 3. "
            + "Choose another --out, or delete the folder.", run.Errors.Trim());
    }

    [Fact]
    public void Images_of_unknown_origin_are_refused()
    {
        Generate(files.Out, "--count", "1");
        File.Delete(Path.Combine(files.Out, "generation.json"));
        var run = Generate(files.Out, "--count", "1");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("contains '000000.png', but no generation.json that says how it was generated.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_settings_of_a_folder_are_reported()
    {
        Generate(files.Out, "--count", "1");
        File.WriteAllText(Path.Combine(files.Out, "generation.json"), "{ \"--seed\": [");
        var run = Generate(files.Out, "--count", "2");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            $"'{Path.Combine(files.Out, "generation.json")}' should say how the images next to it were generated, but cannot be read. "
            + "Choose another --out, or delete the folder.", run.Errors.Trim());
    }

    [Fact]
    public void Bfloat16_gives_nearly_the_same_images()
    {
        Generate(files.Out, "--count", "1");
        var run = Generate(files.File("brain"), "--count", "1", "--precision", "BFloat16");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.NotEqual(Bytes(files.Out, "000000.png"), Bytes(files.File("brain"), "000000.png"));
    }

    [Fact]
    public void An_interrupted_run_ends_cleanly_and_continues_to_the_same_images()
    {
        string[] many = ["--steps", "50", "--count", "1000", "--batch", "1"];
        using (var process = ToolRun.Begin(["generate", "--model", files.DiffusionModel, "--out", files.Out, .. many, "--json", files.File("run.json")]))
        {
            while (!process.HasExited && !File.Exists(Path.Combine(files.Out, "000001.png")))
                Thread.Sleep(20);
            ToolRun.Interrupt(process);
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(130, process.ExitCode);
            Assert.Contains("Interrupted; the same command continues from there.", errors, StringComparison.Ordinal);
        }

        var finished = Names(files.Out).Count(name => name.EndsWith(".png", StringComparison.Ordinal));
        var json = JsonNode.Parse(File.ReadAllText(files.File("run.json")))!;
        Assert.InRange(finished, 2, 999);
        Assert.Equal(finished, json["images"]!.AsArray().Count);
        Assert.Equal("Interrupted", json["outcome"]!.GetValue<string>());

        string[] few = [.. many[..2], "--count", $"{finished + 1}"];
        var further = Generate(files.Out, few);
        Generate(files.File("whole"), few);
        Assert.Contains($"{finished} of {finished + 1} images exist already.", further.Errors, StringComparison.Ordinal);
        Assert.All(Names(files.File("whole")), name => Assert.Equal(Bytes(files.File("whole"), name), Bytes(files.Out, name)));
    }

    private ToolRun Generate(string folder, params string[] more) => ToolRun.Start(
        ["generate", "--model", files.DiffusionModel, "--out", folder, .. more.Contains("--steps") ? [] : new[] { "--steps", "3" }, .. more]);

    private static string[] Names(string folder) =>
        [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static byte[] Bytes(string folder, string name) => File.ReadAllBytes(Path.Combine(folder, name));
}
