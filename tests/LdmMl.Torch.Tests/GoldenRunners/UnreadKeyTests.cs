using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Tests.Checkpoints;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// Cases of the repository with one more key somewhere in their config, under a different name: a key that a runner does not know must make the
/// case fail and be named, whatever the case is called.
/// </summary>
public class UnreadKeyTests
{
    private const string Unknown = "an_option_of_tomorrow";

    // Nobody reads the description of a case, nor keys of its file other than the class' defaults; an autoencoder by itself has no loss among its
    // outputs.
    private static readonly (string? Group, string Prefix)[] LeftOut =
    [
        (null, "_case"), ("diffusers-schedulers", "given"), ("autoencoder-kl", "params.lossconfig"), ("autoencoder-vq", "params.lossconfig"),
        ("checkpoints", "params.first_stage_config.params.lossconfig"), ("sd-pipelines", "prompt_effect"),
    ];

    // The reference, too, ignores keys next to a target and its params.
    private static readonly string[] BesideTargets = ["params.first_stage_config", "params.cond_stage_config", "params.unet_config"];

    // The library reads these as it reads a user's files, and refuses unknown keys by name.
    private static readonly (string Group, string Part)[] ReadByTheProduct =
        [("checkpoints", "params"), ("diffusers-schedulers", "scheduler_config"), ("sd-pipelines", "scheduler_config"), ("clip-text", "text_config")];

    public static TheoryData<string, string, string> Objects()
    {
        var objects = new TheoryData<string, string, string>();
        var cases = GoldenCatalog.Cases().Where(golden => golden.Origin == GoldenCatalog.Own);
        foreach (var (origin, group, name) in cases.DistinctBy(golden => golden.Group))
        {
            var config = Path.Combine(GoldenCatalog.Folder(origin, group, name), "config.json");
            if (!File.Exists(config))
                continue;
            var paths = Paths(JsonNode.Parse(PythonJson.Quoted(File.ReadAllText(config)))!.AsObject(), "").Where(path => !LeftOut.Any(
                entry => (entry.Group ?? group) == group && path.StartsWith(entry.Prefix, StringComparison.Ordinal)));
            foreach (var path in paths.Except(BesideTargets))
                objects.Add(group, name, path);
        }

        return objects;
    }

    [Theory]
    [MemberData(nameof(Objects))]
    public void A_key_that_the_runner_does_not_know_fails_the_case_by_name(string group, string name, string path)
    {
        using var folder = new TemporaryFolder();
        var source = GoldenCatalog.Folder(GoldenCatalog.Own, group, name);
        foreach (var entry in Directory.EnumerateFileSystemEntries(source))
            File.CreateSymbolicLink(folder.File(Path.GetFileName(entry)), entry);
        var config = JsonNode.Parse(PythonJson.Quoted(File.ReadAllText(Path.Combine(source, "config.json"))))!;
        At(config, path)[Unknown] = 1;
        File.Delete(folder.File("config.json"));
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());

        using var golden = new GoldenCase(group, "under-another-name", folder.Path, ConvolutionMode.Direct);
        using var scope = new ConvolutionScope(ConvolutionMode.Direct);
        var error = Assert.ThrowsAny<Exception>(() =>
        {
            GoldenTests.Runners[group].Run(golden);
            golden.AssertComplete();
        });
        var byPath = path.Length > 0 && !ReadByTheProduct.Any(entry => entry.Group == group && path.Contains(entry.Part, StringComparison.Ordinal));
        Assert.Contains(byPath ? $"{path}.{Unknown}" : Unknown, error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Paths(JsonObject node, string path) =>
        node.SelectMany(pair => pair.Value switch
        {
            JsonObject inner => Paths(inner, Join(path, pair.Key)),
            JsonArray { Count: > 0 } list when list[0] is JsonObject first => Paths(first, Join(path, pair.Key) + "[0]"),
            _ => [],
        }).Prepend(path);

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static JsonObject At(JsonNode root, string path)
    {
        var node = root;
        foreach (var part in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
            node = part.EndsWith("[0]", StringComparison.Ordinal) ? node[part[..^3]]![0]! : node[part]!;
        return node.AsObject();
    }
}
