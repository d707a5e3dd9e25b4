using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Generation.Loras;

/// <summary>
/// PEFT's configuration of a LoRA, which contains the alpha that PEFT's keys lack. It is <c>adapter_config.json</c> next to PEFT's own files, and
/// part of the metadata of newer diffusers files.
/// </summary>
/// <param name="values">The configuration; in diffusers' files each key begins with a network's name.</param>
internal sealed class AdapterConfig(JsonObject values)
{
    /// <summary>The name of the file next to PEFT's own files.</summary>
    public const string FileName = "adapter_config.json";

    /// <summary>The key of the metadata in newer diffusers files.</summary>
    public const string MetadataKey = "lora_adapter_metadata";

    private static readonly SearchValues<char> OfExpressions = SearchValues.Create("\\^$*+?()[]|");

    /// <summary>Reads the configuration in the metadata of a file.</summary>
    /// <returns>The configuration; null if there is none, as in most files.</returns>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static AdapterConfig? Of(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(MetadataKey, out var text))
            return null;
        try
        {
            return JsonNode.Parse(text) is JsonObject read ? new AdapterConfig(read) : throw new InvalidDataException($"its '{MetadataKey}' is not a JSON object.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"its '{MetadataKey}' is not JSON: {error.Message}", error);
        }
    }

    /// <summary>Reads the configuration next to one of PEFT's own files.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">One of its keys, for messages.</param>
    /// <exception cref="InvalidDataException">It is missing or damaged.</exception>
    public static AdapterConfig Beside(string path, string key)
    {
        var beside = Path.Combine(Path.GetDirectoryName(path) ?? "", FileName);
        if (!File.Exists(beside))
        {
            throw new InvalidDataException(
                $"'{key}' belongs to PEFT's own format, whose alpha is in {FileName}, and there is no such file next to it; put it there.");
        }

        using var stream = File.OpenRead(beside);
        return new AdapterConfig(JsonFile.Read(stream));
    }

    /// <summary>Returns the alpha of a layer.</summary>
    /// <param name="part">The network.</param>
    /// <param name="layer">The layer, with underscores instead of dots.</param>
    /// <param name="rank">Its rank.</param>
    /// <returns>The alpha; null if the configuration does not say.</returns>
    /// <exception cref="InvalidDataException">It needs something that this library does not support.</exception>
    public double? AlphaOf(LoraPart part, string layer, long rank)
    {
        if (IsSet(part, "use_dora"))
            throw new InvalidDataException("its configuration says 'use_dora', but DoRA is not supported; merge it with PEFT, and open the result.");
        var alpha = OfPattern(part, layer) ?? Number(Value(part, "lora_alpha"), "lora_alpha");

        // rsLoRA divides alpha by the square root of the rank (Kalajdzievski 2023).
        return IsSet(part, "use_rslora") ? (alpha ?? rank) * Math.Sqrt(rank) : alpha;
    }

    private double? OfPattern(LoraPart part, string layer)
    {
        foreach (var (name, alpha) in Value(part, "alpha_pattern") as JsonObject ?? [])
        {
            if (name.AsSpan().ContainsAny(OfExpressions))
                throw new InvalidDataException($"its 'alpha_pattern' has the expression '{name}'; only names of layers are supported.");
            var flat = name.Replace('.', '_');
            if (layer == flat || layer.EndsWith($"_{flat}", StringComparison.Ordinal))
                return Number(alpha, name);
        }

        return null;
    }

    private bool IsSet(LoraPart part, string key) => Value(part, key)?.GetValueKind() == JsonValueKind.True;

    private JsonNode? Value(LoraPart part, string key) => values[$"{Name(part)}.{key}"] ?? values[key];

    private static double? Number(JsonNode? node, string key) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => null,
        JsonValueKind.Number => node.GetValue<double>(),
        _ => throw new InvalidDataException($"its configuration has '{key}' = {node.ToJsonString()}, which is not a number."),
    };

    private static string Name(LoraPart part) => part switch
    {
        LoraPart.UNet => "unet",
        LoraPart.TextEncoder => "text_encoder",
        _ => "text_encoder_2",
    };
}
