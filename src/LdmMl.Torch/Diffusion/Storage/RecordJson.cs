using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LdmMl.Torch.Diffusion.Storage;

/// <summary>
/// Records of plain values as JSON: properties in snake case, enums by name, infinities as strings, records as objects. Null is not
/// written; missing properties keep their defaults.
/// </summary>
internal static class RecordJson
{
    /// <summary>Writes a record.</summary>
    public static JsonObject Write(object record)
    {
        var json = new JsonObject();
        foreach (var property in RecordProperties.Of(record.GetType()))
        {
            if (property.GetValue(record) is { } value)
                json.Add(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), ToNode(value));
        }

        return json;
    }

    /// <summary>Reads what <see cref="Write"/> wrote, in any spelling of the names.</summary>
    /// <param name="defaults">The values of missing properties.</param>
    /// <param name="json">The object.</param>
    /// <param name="others">Names that the object may contain besides the properties; null for any.</param>
    /// <returns>A copy of <paramref name="defaults"/>.</returns>
    /// <exception cref="JsonException">A value has the wrong type, or a name is unknown; the message names it.</exception>
    public static T Read<T>(T defaults, JsonObject json, IReadOnlyCollection<string>? others = null)
        where T : class
    {
        var record = RecordProperties.Copy(defaults);
        var properties = RecordProperties.Of(record.GetType()).ToArray();
        foreach (var property in properties)
        {
            if (Find(json, property) is { } node)
                property.SetValue(record, ToValue(node, property.PropertyType, property.GetValue(record), property.Name, others is not null));
        }

        if (others is not null)
            RefuseUnknown(json, properties, others);
        return record;
    }

    /// <summary>Determines whether two records have equal content, including that of lists.</summary>
    public static bool AreEqual(object one, object other) => one.GetType() == other.GetType() && JsonNode.DeepEquals(Write(one), Write(other));

    /// <summary>Finds a property's value among the keys of an object.</summary>
    public static JsonNode? Find(JsonObject json, MemberInfo property) => json.FirstOrDefault(pair => OptionName.Means(pair.Key, property)).Value;

    /// <summary>Reads a value of an enum by any of its names.</summary>
    public static object? ParseEnum(Type type, string text) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).FirstOrDefault(field => OptionName.Means(text, field))?.GetValue(null);

    private static JsonNode ToNode(object value) => value switch
    {
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        double number when double.IsFinite(number) => JsonValue.Create(number),
        double number => JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)),
        Enum named => JsonValue.Create(named.ToString()),
        IEnumerable<int> numbers => new JsonArray([.. numbers.Select(number => (JsonNode)number)]),
        IEnumerable<double> numbers => new JsonArray([.. numbers.Select(number => (JsonNode)number)]),
        _ => Write(value),
    };

    private static void RefuseUnknown(JsonObject json, PropertyInfo[] properties, IReadOnlyCollection<string> others)
    {
        foreach (var (key, value) in json)
        {
            if (value is not null && !others.Contains(key) && !properties.Any(property => OptionName.Means(key, property)))
                throw new JsonException($"'{key}' is not known; this library may be older than the file, or the name is misspelt.");
        }
    }

    private static object ToValue(JsonNode node, Type type, object? current, string name, bool isStrict)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        try
        {
            return type switch
            {
                _ when type == typeof(bool) => node.GetValue<bool>(),
                _ when type == typeof(int) => node.GetValue<int>(),
                _ when type == typeof(double) => ToDouble(node),
                _ when type.IsEnum => ParseEnum(type, node.GetValue<string>()) ?? throw Wrong(node, name),
                _ when typeof(IEnumerable<int>).IsAssignableFrom(type) => node.AsArray().Select(number => number!.GetValue<int>()).ToArray(),
                _ when typeof(IEnumerable).IsAssignableFrom(type) => node.AsArray().Select(number => number!.GetValue<double>()).ToArray(),
                _ => Read(current ?? Activator.CreateInstance(type)!, node.AsObject(), isStrict ? [] : null),
            };
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw Wrong(node, name);
        }
    }

    private static double ToDouble(JsonNode node) => node.GetValueKind() is JsonValueKind.String or JsonValueKind.Number
        ? double.Parse(node.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture)
        : node.GetValue<double>();

    private static JsonException Wrong(JsonNode node, string name) => new($"{name} cannot be {node.ToJsonString()}.");
}
