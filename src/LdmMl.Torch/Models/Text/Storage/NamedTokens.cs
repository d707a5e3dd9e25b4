using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>
/// The special tokens that a tokenizer's files name, either as texts or, in most files, as objects with a <c>content</c>.
/// <c>special_tokens_map.json</c> takes precedence over <c>tokenizer_config.json</c>, as in transformers; Stable Diffusion 2 relies on that.
/// </summary>
/// <param name="config">The content of <c>tokenizer_config.json</c>.</param>
/// <param name="map">The content of <c>special_tokens_map.json</c>.</param>
/// <param name="read">The configuration again, to record which keys were read.</param>
internal sealed class NamedTokens(JsonObject config, JsonObject map, ConfigMap read)
{
    /// <summary>Gets the text of a token; null if neither file names it.</summary>
    public string? Text(string key)
    {
        read.Ignore(key);
        return Content(key, map[key]) ?? Content(key, config[key]);
    }

    /// <summary>Gets the texts of a list of tokens.</summary>
    public IEnumerable<string> Texts(string key)
    {
        read.Ignore(key);
        return ((map[key] ?? config[key]) as JsonArray ?? []).Select(token => Content(key, token)).OfType<string>();
    }

    private static string? Content(string key, JsonNode? node) => node switch
    {
        null => null,
        JsonObject token => Content(key, token["content"]),
        _ when node.GetValueKind() == JsonValueKind.String && node.GetValue<string>() is { Length: > 0 } text => text,
        _ => throw new InvalidDataException($"its '{key}' must be a string, or an object with its 'content'."),
    };
}
