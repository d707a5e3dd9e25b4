using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Cases of the repository in other words: what they compute must come out whatever the files and keys of a case are.</summary>
public sealed class LoraVariantTests : IDisposable
{
    private const string Kohya = "r01_kohya_locon", Diffusers = "r02_diffusers_names", Processors = "lora_processor_names.safetensors";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [RealDataTheory]
    [InlineData("loras", """[{ "file": "a.safetensors", "multiplier": 0.7 }, { "file": "b.safetensors", "weight": 0.7 }]""")]
    [InlineData("files", """{ "a.safetensors": 0.7, "b.safetensors": 0.7 }""")]
    [InlineData("files", """["a.safetensors", "b.safetensors"]""", "weights", "[0.7, 0.7]")]
    public void Two_files_of_half_the_rank_are_added(string key, string value, string? other = null, string? otherValue = null)
    {
        var config = Copy(Kohya);
        Rewrite("lora.safetensors", "a.safetensors", tensors => Halved(tensors, first: true));
        Rewrite("lora.safetensors", "b.safetensors", tensors => Halved(tensors, first: false));
        Drop(config, "file", "multiplier", "rank");
        config[key] = JsonNode.Parse(value);
        if (other is not null)
            config[other] = JsonNode.Parse(otherValue!);
        Check(config);
    }

    [RealDataTheory]
    [InlineData("multiplier", 0.35, 2)]
    [InlineData("scale", 1.4, 0.5)]
    [InlineData("weight", -0.7, -1)]
    public void Other_strengths_and_names_for_them_count(string key, double strength, double larger)
    {
        var config = Copy(Kohya);
        Rewrite("lora.safetensors", "larger.safetensors", tensors => tensors.Select(
            pair => (pair.Key, pair.Key.Contains("lora_up", StringComparison.Ordinal) ? pair.Value * Real(larger) : pair.Value)));
        Drop(config, "multiplier");
        (config["file"], config[key], config["alpha"], config["target_modules"]) = ("larger.safetensors", strength, 1, new JsonArray("to_q"));
        Check(config);
    }

    [RealDataTheory]
    [InlineData("kohya")]
    [InlineData("peft default")]
    [InlineData("one alpha")]
    public void A_LoRA_of_diffusers_is_the_same_in_other_names(string names)
    {
        var config = Copy(Diffusers);
        var (source, rename) = names == "peft default"
            ? ("lora_peft_names.safetensors", (Func<string, string>)(key => key.Replace(".weight", ".default.weight", StringComparison.Ordinal)))
            : (Processors, names == "kohya" ? ToKohya : key => key);
        Rewrite(source, "other.safetensors", tensors => tensors.SelectMany(pair => Named(rename(pair.Key), pair.Value, names == "one alpha")));
        Drop(config, "files", "scale");
        (config["file"], config["multiplier"]) = ("other.safetensors", 0.7);
        Check(config);
    }

    [RealDataTheory]
    [InlineData("lora_te_", "last_hidden_state", "text_encoder.")]
    [InlineData("lora_unet_", "eps", "unet.")]
    public void Of_one_network_alone_the_other_stays(string part, string output, string weights)
    {
        var config = Copy(Kohya);
        Rewrite("lora.safetensors", "part.safetensors", tensors => tensors.Where(pair => pair.Key.StartsWith(part, StringComparison.Ordinal))
            .Select(pair => (pair.Key, pair.Value)));
        Rewrite("outputs.safetensors", "outputs.safetensors", tensors => tensors
            .Where(pair => pair.Key == output || pair.Key.StartsWith(weights, StringComparison.Ordinal)).Select(pair => (pair.Key, pair.Value)));
        var effect = config["effect"]![output]!.DeepClone();
        (config["file"], config["effect"]) = ("part.safetensors", new JsonObject { [output] = effect });
        Check(config);
    }

    private static IEnumerable<(string, Tensor)> Halved(IReadOnlyDictionary<string, Tensor> tensors, bool first) => tensors.Select(pair =>
    {
        var (key, tensor) = pair;
        var down = key.EndsWith("lora_up.weight", StringComparison.Ordinal) || key.EndsWith("lora_down.weight", StringComparison.Ordinal);
        var axis = key.EndsWith("lora_up.weight", StringComparison.Ordinal) ? 1 : 0;
        var rank = down ? tensor.shape[axis] : tensors[key.Replace(".alpha", ".lora_down.weight", StringComparison.Ordinal)].shape[0];
        var (start, count) = first ? (0L, rank / 2) : (rank / 2, rank - (rank / 2));
        return (key, down ? tensor.narrow(axis, start, count).contiguous() : tensor * Real((double)count / rank));
    });

    // With an alpha that is the rank, and beside keys without any.
    private static IEnumerable<(string, Tensor)> Named(string key, Tensor tensor, bool withAlpha)
    {
        yield return (key, tensor);
        if (withAlpha && key.EndsWith("to_q_lora.down.weight", StringComparison.Ordinal))
            yield return (key.Replace(".down.weight", ".alpha", StringComparison.Ordinal), torch.tensor((float)tensor.shape[0]));
    }

    private static string ToKohya(string key)
    {
        var (layer, factor) = key.EndsWith("_lora.down.weight", StringComparison.Ordinal)
            ? (key[..^"_lora.down.weight".Length], "lora_down.weight") : (key[..^"_lora.up.weight".Length], "lora_up.weight");
        layer = layer.Replace(".processor.", ".", StringComparison.Ordinal);
        if (layer.StartsWith("unet.", StringComparison.Ordinal))
            return $"lora_unet_{(layer["unet.".Length..] + (layer.EndsWith(".to_out", StringComparison.Ordinal) ? ".0" : "")).Replace('.', '_')}.{factor}";
        var place = layer.LastIndexOf(".to_", StringComparison.Ordinal);
        return $"lora_te_{$"{layer["text_encoder.".Length..place]}.{layer[(place + 4)..]}_proj".Replace('.', '_')}.{factor}";
    }

    // The case's files, and its config with the way to the model.
    private JsonObject Copy(string name)
    {
        var source = GoldenCatalog.Folder("shared", "lora", name);
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, folder.File(Path.GetFileName(file)));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json")))!.AsObject();
        config["model"] = Path.GetFullPath(Path.Combine(source, config["model"]!.GetValue<string>()));
        return config;
    }

    private static void Drop(JsonObject config, params string[] keys)
    {
        foreach (var key in keys)
            config.Remove(key);
    }

    private void Rewrite(
        string source, string target, Func<IReadOnlyDictionary<string, Tensor>, IEnumerable<(string Key, Tensor Value)>> change)
    {
        using var scope = NewDisposeScope();
        using var read = SafetensorsFile.Read(folder.File(source));
        var tensors = read.ToDictionary(pair => pair.Key, pair => pair.Value.clone());
        SafetensorsFile.Write(folder.File(target), [.. change(tensors).Select(pair => KeyValuePair.Create(pair.Key, pair.Value))]);
    }

    private void Check(JsonObject config)
    {
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());
        using var golden = new GoldenCase("lora", "in-other-words", folder.Path, ConvolutionMode.Direct);
        using var scope = new ConvolutionScope(ConvolutionMode.Direct);
        new LoraRunner().Run(golden);
        golden.AssertComplete();
    }
}
