using System.Text.Json;
using System.Text.Unicode;

namespace LdmMl.Torch.Checkpoints.Safetensors;

/// <summary>Parses the JSON of a header into entries. A ref struct, as the JSON reader in it is one.</summary>
internal ref struct SafetensorsHeaderParser
{
    private Utf8JsonReader json;

    private SafetensorsHeaderParser(ReadOnlySpan<byte> text) => json = new Utf8JsonReader(text);

    /// <summary>Parses a header.</summary>
    /// <exception cref="InvalidDataException">It does not conform to the format.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
            throw new InvalidDataException("the header is not UTF-8.");
        if (text is not [(byte)'{', ..])
            throw new InvalidDataException("the header is not a JSON object.");
        try
        {
            return new SafetensorsHeaderParser(text).ParseHeader();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"the header is not valid JSON: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidDataException("the header has a string with half a surrogate pair.", error);
        }
    }

    private SafetensorsHeader ParseHeader()
    {
        var entries = new List<SafetensorsEntry>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        json.Read();                                             // {
        while (ReadPropertyName() is { } key)
        {
            if (!keys.Add(key))
                throw new InvalidDataException($"the header has the key '{key}' twice.");
            if (key == SafetensorsHeader.MetadataKey)
                ParseMetadata(metadata);
            else
                entries.Add(ParseEntry(key));
        }
        json.Read();                                             // throws unless only white space is left
        return new SafetensorsHeader(entries, metadata);
    }

    private void ParseMetadata(Dictionary<string, string> metadata)
    {
        Expect(JsonTokenType.StartObject, "'__metadata__' must be an object");
        while (ReadPropertyName() is { } key)
        {
            Expect(JsonTokenType.String, $"'__metadata__' must hold strings only, and '{key}' is none");
            if (!metadata.TryAdd(key, json.GetString()!))
                throw new InvalidDataException($"'__metadata__' has the key '{key}' twice.");
        }
    }

    private SafetensorsEntry ParseEntry(string key)
    {
        SafetensorsDataType? dataType = null;
        long[]? shape = null, offsets = null;
        Expect(JsonTokenType.StartObject, $"the entry of tensor '{key}' must be an object");
        while (ReadPropertyName() is { } property)
        {
            if (property == "dtype" && dataType is null)
                dataType = ParseDataType(key);
            else if (property == "shape" && shape is null)
                shape = ParseNumbers(key, property);
            else if (property == "data_offsets" && offsets is null)
                offsets = ParseNumbers(key, property);
            else
                throw new InvalidDataException($"the entry of tensor '{key}' has '{property}' twice, or it is unknown.");
        }
        if (dataType is null || shape is null || offsets is not [var start, var end])
            throw new InvalidDataException($"the entry of tensor '{key}' needs 'dtype', 'shape' and two 'data_offsets'.");
        return new SafetensorsEntry(key, dataType, shape, start, end);
    }

    private SafetensorsDataType ParseDataType(string key)
    {
        Expect(JsonTokenType.String, $"the data type of tensor '{key}' must be a string");
        return SafetensorsDataType.Of(json.GetString()!);
    }

    private long[] ParseNumbers(string key, string property)
    {
        var numbers = new List<long>();
        Expect(JsonTokenType.StartArray, $"'{property}' of tensor '{key}' must be an array");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out var number) || number < 0)
                throw new InvalidDataException($"'{property}' of tensor '{key}' must hold whole numbers from 0 to 2^63 - 1.");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private string? ReadPropertyName()
    {
        json.Read();
        return json.TokenType == JsonTokenType.PropertyName ? json.GetString() : null;
    }

    private void Expect(JsonTokenType type, string message)
    {
        json.Read();
        if (json.TokenType != type)
            throw new InvalidDataException($"{message}.");
    }
}
