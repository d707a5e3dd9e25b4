using System.Text.Json;
using System.Text.Json.Nodes;

namespace LdmMl.Torch.Models.UNets.Storage;

/// <summary>The values of a configuration, each of the kind that is wanted; absent and null are the same.</summary>
internal sealed class JsonOptions(JsonObject json)
{
    /// <summary>Says whether there is such a key, were it null.</summary>
    public bool Has(string key) => json.ContainsKey(key);

    /// <summary>Says whether there is a value.</summary>
    public bool IsGiven(string key) => json[key] is not null;

    public int? Integer(string key) => json[key] is { } value ? Integer(key, value) : null;

    public double? Number(string key) => json[key] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => value.GetValue<double>(),
        _ => throw Wrong(key, "a number"),
    };

    public bool? Truth(string key) => json[key] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        _ => throw Wrong(key, "true or false"),
    };

    public string? Text(string key) => json[key] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw Wrong(key, "a text"),
    };

    public string[]? Texts(string key) => json[key] switch
    {
        null => null,
        JsonArray list when list.All(item => item?.GetValueKind() == JsonValueKind.String) => [.. list.Select(item => item!.GetValue<string>())],
        _ => throw Wrong(key, "a list of texts"),
    };

    /// <summary>Gets one whole number or several.</summary>
    public int[]? Integers(string key) => json[key] switch
    {
        null => null,
        JsonArray list => [.. list.Select(item => Integer(key, item))],
        var value => [Integer(key, value)],
    };

    /// <summary>Gets a whole number that may be written once for each level.</summary>
    public int? SameInteger(string key) => Integers(key) switch
    {
        null => null,
        [var first, .. var rest] when rest.All(number => number == first) => first,
        _ => throw Wrong(key, "the same for all levels"),
    };

    private static int Integer(string key, JsonNode? value) => value is JsonValue number && number.TryGetValue<int>(out var integer)
        ? integer
        : throw Wrong(key, "a whole number");

    private static InvalidDataException Wrong(string key, string needed) => new($"its '{key}' must be {needed}.");
}
