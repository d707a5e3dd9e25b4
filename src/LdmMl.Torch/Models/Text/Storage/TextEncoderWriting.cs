using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Tokens;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>Writes text encoders in diffusers' layout, which transformers can open.</summary>
internal static class TextEncoderWriting
{
    /// <summary>The name of the weight file.</summary>
    public const string WeightsName = "model.safetensors";

    /// <param name="parts">The encoders to write.</param>
    /// <param name="networks">Their weights.</param>
    /// <param name="format">The number format of the weights.</param>
    /// <param name="largest">The largest file of weights in bytes; null for no limit.</param>
    /// <param name="writeFile">Writes a file with the given name.</param>
    public static void Write(
        IReadOnlyList<TextPart> parts, TextNetworks networks, StorageFormat format, long? largest, Action<string, Action<Stream>> writeFile)
    {
        foreach (var (part, network) in parts.Zip(networks.All))
        {
            var kept = Kept(part);
            using var own = Weights(network, kept);
            using var stored = StoredWeights.Convert(own, format);
            WeightShards.Write($"{part.Name}/{WeightsName}", stored, largest, writeFile);
            writeFile($"{part.Name}/{DiffusersFolder.ConfigName}", stream => WriteConfig(stream, kept, part.UsesMask));
            foreach (var (name, content) in part.Files.Contents)
                writeFile($"{part.TokenizerName}/{name}", stream => stream.Write(content));
        }
    }

    /// <summary>
    /// Names the components for <c>model_index.json</c>, and the files of the tokenizers: in a model.zip they cannot be searched for.
    /// </summary>
    public static void Describe(IReadOnlyList<TextPart> parts, Dictionary<string, string> components, JsonObject extras)
    {
        var files = new JsonObject();
        foreach (var part in parts)
        {
            components[part.Name] = part.Config is ClipTextConfig clip ? ClipTextFiles.ClassOf(clip) : LdmTextFiles.ClassName;
            components[part.TokenizerName] = part.Tokenizer is ClipTokenizer ? "CLIPTokenizer" : "BertTokenizer";
            files[part.TokenizerName] = new JsonArray([.. part.Files.Contents.Keys.Select(name => (JsonNode)name)]);
        }

        extras[TextEncoderReading.TokenizerFilesKey] = files;
        if (parts[0].Rules != TextRules.Diffusers)
            extras[TextEncoderReading.RulesKey] = parts[0].Rules.ToString();
    }

    // diffusers has no key for "skip the last blocks": its folders omit those blocks, which gives the same context.
    private static TextNetworkConfig Kept(TextPart part) =>
        part.Rule is { Normalized: true, SkippedLayers: > 0 and var skipped } ? part.Config with { Layers = part.Config.Layers - skipped } : part.Config;

    private static StateDictionary Weights(TextNetwork network, TextNetworkConfig kept)
    {
        var weights = new StateDictionary();
        foreach (var (key, tensor) in network.state_dict())
        {
            if (key.Split('.') is ["text_model", "encoder", "layers", var number, ..] && int.Parse(number) >= kept.Layers)
                continue;
            weights.Add(key, tensor.alias());
        }

        return weights;
    }

    private static void WriteConfig(Stream stream, TextNetworkConfig config, bool usesMask)
    {
        if (config is ClipTextConfig clip)
            ClipTextFiles.Write(stream, clip, usesMask);
        else
            LdmTextFiles.Write(stream, (LdmTextConfig)config);
    }
}
