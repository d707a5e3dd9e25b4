using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>A mapping of a YAML file, with the path to it for messages.</summary>
/// <param name="Node">The mapping.</param>
/// <param name="Path">The keys that lead to it.</param>
internal sealed record YamlMap(YamlMappingNode Node, string Path)
{
    /// <summary>Says whether there is anything under a key.</summary>
    public bool Has(string key) => Find(key) is not (null or YamlScalarNode { Value: null or "" or "~" or "null" or "None" });

    /// <summary>Gets the mapping under a key, or null if there is none.</summary>
    public YamlMap? Map(string key) => Find(key) is YamlMappingNode map ? new YamlMap(map, Join(key)) : null;

    /// <summary>Gets the mapping under a key.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public YamlMap NeededMap(string key) => Map(key) ?? throw Wrong(key, "a mapping");

    /// <summary>Gets the text under a key; null if it is absent or null.</summary>
    public string? Text(string key) => Find(key) switch
    {
        null => null,
        YamlScalarNode { Value: null or "" or "~" or "null" or "None" } => null,
        YamlScalarNode scalar => scalar.Value,
        _ => throw Wrong(key, "a single value"),
    };

    public string NeededText(string key) => Text(key) ?? throw Wrong(key, "a text");

    public int? Integer(string key) => Text(key) is { } text ? ParseInteger(key, text) : null;

    public int NeededInteger(string key) => Integer(key) ?? throw Wrong(key, "a whole number");

    public double? Number(string key) => Text(key) switch
    {
        null => null,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
        _ => throw Wrong(key, "a number"),
    };

    public bool? Truth(string key) => Text(key)?.ToUpperInvariant() switch
    {
        null => null,
        "TRUE" or "YES" or "ON" => true,
        "FALSE" or "NO" or "OFF" => false,
        _ => throw Wrong(key, "true or false"),
    };

    public IReadOnlyList<int> NeededIntegers(string key) => Find(key) is YamlSequenceNode list
        ? [.. list.Children.Select(item => ParseInteger(key, (item as YamlScalarNode)?.Value ?? ""))]
        : throw Wrong(key, "a list of whole numbers");

    private YamlNode? Find(string key) => Node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private int ParseInteger(string key, string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(key, "a whole number");

    private string Join(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private InvalidDataException Wrong(string key, string needed) => new($"'{Join(key)}' must be {needed}.");
}
