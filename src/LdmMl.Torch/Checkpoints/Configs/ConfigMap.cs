using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LdmMl.Torch.Checkpoints.Configs;

/// <summary>
/// A mapping of a configuration file, YAML or JSON. It records which keys are read, so that a reader can refuse unknown ones: ignored,
/// such a key would silently give a different network.
/// </summary>
/// <param name="values">The mapping; null values count as absent.</param>
/// <param name="path">The keys that lead to it, for messages; empty at the root.</param>
internal sealed class ConfigMap(JsonObject values, string path = "")
{
    private const int LongestValue = 60;   // characters, in messages

    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    /// <summary>Throws with a description of the problem, unless a condition holds.</summary>
    /// <exception cref="InvalidDataException">It does not hold.</exception>
    public static void Require(bool holds, string wrong)
    {
        if (!holds)
            throw new InvalidDataException(wrong);
    }

    /// <summary>Determines whether the key is there, even with the value null.</summary>
    public bool Contains(string key) => values.ContainsKey(key);

    /// <summary>Determines whether the key has a value.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Gets the mapping under a key; null if there is none.</summary>
    public ConfigMap? Map(string key) => Find(key) is JsonObject map ? new ConfigMap(map, Join(key)) : null;

    /// <summary>Gets the mapping under a key.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public ConfigMap NeededMap(string key) => Map(key) ?? throw Wrong(key, "a mapping");

    public int? Integer(string key) => Find(key) is { } value ? Integer(key, value) : null;

    public int NeededInteger(string key) => Integer(key) ?? throw Wrong(key, "a whole number");

    public double? Number(string key) => Find(key) is { } value ? Number(key, value) : null;

    public bool? Truth(string key) => Find(key) is { } value ? Truth(key, value) : null;

    public string? Text(string key) => Find(key) switch
    {
        null => null,
        var value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw Wrong(key, "a string"),
    };

    public string NeededText(string key) => Text(key) ?? throw Wrong(key, "a string");

    /// <summary>Gets a string, or a number as a string.</summary>
    public string? Scalar(string key) => Find(key) switch
    {
        null => null,
        JsonValue value => value.ToString(),
        _ => throw Wrong(key, "a scalar"),
    };

    /// <summary>Gets a list of mappings.</summary>
    public ConfigMap[] NeededMaps(string key) => Find(key) is JsonArray list && list.All(item => item is JsonObject)
        ? [.. list.Select((item, place) => new ConfigMap((JsonObject)item!, $"{Join(key)}[{place}]"))] : throw Wrong(key, "a list of mappings");

    public string[]? Texts(string key) => Find(key) switch
    {
        null => null,
        JsonArray list when list.All(item => item?.GetValueKind() == JsonValueKind.String) => [.. list.Select(item => item!.GetValue<string>())],
        _ => throw Wrong(key, "a list of strings"),
    };

    /// <summary>Gets one true or false or a list of them.</summary>
    public bool[]? Truths(string key) => Find(key) switch
    {
        null => null,
        JsonArray list => [.. list.Select(item => Truth(key, item))],
        var value => [Truth(key, value)],
    };

    /// <summary>Gets one whole number or a list of them.</summary>
    public int[]? Integers(string key) => Find(key) switch
    {
        null => null,
        JsonArray list => [.. list.Select(item => Integer(key, item))],
        var value => [Integer(key, value)],
    };

    public int[] NeededIntegers(string key) => Find(key) is JsonArray ? Integers(key)! : throw Wrong(key, "a list of integers");

    /// <summary>Gets a list of numbers; null if the key is absent or every entry is null.</summary>
    public double[]? Numbers(string key) => Find(key) switch
    {
        null => null,
        JsonArray list when list.All(item => item is null) => null,
        JsonArray list => [.. list.Select(item => Number(key, item))],
        _ => throw Wrong(key, "a list of numbers"),
    };

    /// <summary>Gets an integer that may be repeated for each level.</summary>
    /// <exception cref="InvalidDataException">The levels differ.</exception>
    public int? SameInteger(string key) => Same(key, Integers(key));

    /// <summary>Gets a boolean that may be repeated for each level.</summary>
    /// <exception cref="InvalidDataException">The levels differ.</exception>
    public bool? SameTruth(string key) => Find(key) is JsonArray list ? Same(key, list.Select(item => Truth(key, item)).ToArray()) : Truth(key);

    /// <summary>Marks keys as known that have no meaning here, such as those of training, whatever their value.</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            read.Add(key);
    }

    /// <summary>
    /// Refuses keys that were not read, unless they are disabled (null, false or empty). Keys that begin with an underscore are the writer's notes.
    /// </summary>
    /// <exception cref="InvalidDataException">There is such a key; the message names it.</exception>
    public void RefuseUnread()
    {
        foreach (var (key, value) in values)
        {
            if (!read.Contains(key) && !key.StartsWith('_') && !IsOff(value))
                throw Unsupported(key);
        }
    }

    /// <summary>Creates the error for a key whose value this library does not support.</summary>
    /// <param name="key">The key.</param>
    /// <param name="supported">What is supported, if that helps.</param>
    public InvalidDataException Unsupported(string key, string? supported = null) => new(
        $"its '{Join(key)}' is {Shown(values[key])}, which is not supported{(supported is null ? "" : $"; supported is {supported}")}.");

    private static bool IsOff(JsonNode? value) => value switch
    {
        null => true,
        JsonArray list => list.All(IsOff),
        JsonObject map => map.Count == 0,
        _ => value.GetValueKind() == JsonValueKind.False || (value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0),
    };

    private static string Shown(JsonNode? value)
    {
        if (value is null)
            return "null";
        var text = value switch
        {
            JsonArray list => $"[{string.Join(", ", list.Take(LongestValue).Select(Shown))}]",
            _ when value.GetValueKind() == JsonValueKind.String => $"'{value.GetValue<string>()}'",
            _ => value.ToJsonString(),
        };
        return text.Length <= LongestValue ? text : $"{text.AsSpan(0, LongestValue)}...";
    }

    private JsonNode? Find(string key)
    {
        read.Add(key);
        return values[key];
    }

    private T? Same<T>(string key, T[]? all)
        where T : struct => all switch
    {
        null => null,
        [var first, .. var rest] when rest.All(item => item.Equals(first)) => first,
        _ => throw Wrong(key, "the same for all levels"),
    };

    private int Integer(string key, JsonNode? value) =>
        value is JsonValue number && number.TryGetValue<int>(out var integer) ? integer : throw Wrong(key, "a whole number");

    private double Number(string key, JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number && double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) is var number
            && double.IsFinite(number)
            ? number
            : throw Wrong(key, "a number");

    private bool Truth(string key, JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(key, "true or false"),
    };

    private string Join(string key) => path.Length == 0 ? key : $"{path}.{key}";

    private InvalidDataException Wrong(string key, string needed) => new($"its '{Join(key)}' must be {needed}.");
}
