using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Tests.Sharding;

/// <summary>A command on a few small images, run as one or in parts.</summary>
public sealed partial class ShardedJob : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddModel().AddImages(count: 7, width: 20, height: 14);
    private readonly SampleFiles others = new SampleFiles().AddImages(count: 5, width: 20, height: 14);
    private readonly PerceptualFilesOfTests weights = new();
    private readonly string command;

    /// <summary>Prepares the images.</summary>
    /// <param name="command">The command.</param>
    public ShardedJob(string command)
    {
        this.command = command;
        var config = new KlAutoencoderConfig { BaseChannels = 8, ChannelMultipliers = [1, 1, 1], ResidualBlocks = 1, LatentChannels = 3, NormGroups = 4 };
        using var other = AutoencoderModel.Create(config, seed: 2);
        other.Save(Other);
        Directory.CreateDirectory(Path.Combine(files.Images, "sub"));
        AddImage("sub/half transparent.png", alpha: 100);
        AddImage("sub/umlaut ü.png", alpha: 255);
        File.Copy(Path.Combine(files.Images, "image1.png"), Path.Combine(others.Images, "image0.png"), overwrite: true);
    }

    /// <summary>Gets every command that works in parts.</summary>
    public static TheoryData<string> Commands => ["reconstruct", "score", "evaluate", "compare", "encode"];

    /// <summary>Gets the folder of the parts.</summary>
    public string Parts => files.File("parts");

    /// <summary>Gets the folder of the images.</summary>
    public string Images => files.Images;

    private string Other => files.File("other model");

    private string[] Inputs => command switch
    {
        "reconstruct" or "encode" => ["--model", files.Model, "--images", files.Images],
        "score" => ["--reference", files.Images, "--candidate", others.Images, "--perceptual", Trunk],
        "evaluate" => ["--real", files.Images, "--generated", others.Images, "--features", Trunk, "--seed", "5"],
        _ => [files.Model, Other, "--images", files.Images, "--perceptual", Trunk, "--fail-if", "psnr < 0.1", "--examples", "2"],
    };

    private string Trunk => weights.Trunk(PerceptualTrunkConfig.Vgg(PerceptualFilesOfTests.SmallPlan));

    /// <summary>Runs the command as one; returns every file that it wrote, by name.</summary>
    internal (ToolRun Run, Dictionary<string, byte[]> Results) Whole(params string[] more) =>
        Results("whole", ToolRun.Start([command, .. Inputs, "--batch", "3", .. OutputsIn("whole"), .. more]));

    /// <summary>Runs one part.</summary>
    internal ToolRun Part(int index, int count, params string[] more) => ToolRun.Start(PartOf(index, count, more));

    /// <summary>Gets the command line of a part.</summary>
    internal string[] PartOf(int index, int count, params string[] more) =>
        [command, .. Inputs, "--batch", "2", "--shard", $"{index}/{count}", "--parts", Parts, .. more];

    /// <summary>Joins the parts; returns every file that it wrote, by name.</summary>
    internal (ToolRun Run, Dictionary<string, byte[]> Results) Merge(params string[] more) =>
        Results("merged", ToolRun.Start(["merge", Parts, .. OutputsIn("merged"), .. more]));

    /// <summary>Adds an image.</summary>
    internal void AddImage(string name, byte alpha)
    {
        var pixels = Enumerable.Range(0, 20 * 14).SelectMany(at => new[] { (byte)(at * 11), (byte)(at * 3), (byte)(200 - at), alpha }).ToArray();
        using var image = MLImage.CreateFromPixels(20, 14, MLPixelFormat.Rgba32, pixels);
        image.SavePng(Path.Combine(files.Images, name));
    }

    public void Dispose()
    {
        files.Dispose();
        others.Dispose();
        weights.Dispose();
    }

    private string[] OutputsIn(string folder)
    {
        var json = Path.Combine(files.File(folder), "figures.json");
        return command switch
        {
            "score" or "evaluate" => ["--json", json],
            "compare" => ["--out", Path.Combine(files.File(folder), "report.html"), "--json", json],
            _ => ["--out", files.File(folder), "--json", json],
        };
    }

    private (ToolRun Run, Dictionary<string, byte[]> Results) Results(string folder, ToolRun run)
    {
        var root = files.File(folder);
        return (run with { Output = run.Output.Replace(root, "FOLDER", StringComparison.Ordinal) }, !Directory.Exists(root) ? [] :
            Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(root, path), Content));
    }

    // Plots number their clips through the whole process.
    [System.Text.RegularExpressions.GeneratedRegex("cl_[0-9a-f]+", System.Text.RegularExpressions.RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial System.Text.RegularExpressions.Regex ClipName();

    // The command line of the whole run is part of its documents; it names options that only one of the two had.
    private static byte[] Content(string path)
    {
        if (!path.EndsWith(".json", StringComparison.Ordinal) && !path.EndsWith(".html", StringComparison.Ordinal))
            return File.ReadAllBytes(path);
        var lines = File.ReadAllLines(path).Where(line =>
            !line.Contains("\"command", StringComparison.Ordinal) && !line.Contains("<pre class=\"command\"", StringComparison.Ordinal));
        return System.Text.Encoding.UTF8.GetBytes(ClipName().Replace(string.Join('\n', lines), "cl_"));
    }
}
