using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>Reads and writes the JSON files of diffusers' layout.</summary>
internal static class DiffusersJson
{
    private const string ExtrasKey = "_ldmml";
    private const long LargestFile = 1 << 20;   // bytes; published ones have some kilobytes

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowOutOfOrderMetadataProperties = true,
        AllowDuplicateProperties = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
    };

    /// <summary>Reads the configuration of an autoencoder.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, or of another class.</exception>
    public static DiffusersAutoencoderConfig ReadAutoencoder(Stream stream)
    {
        var json = ReadObject(stream);
        var name = (json[DiffusersAutoencoderConfig.ClassNameKey] as JsonValue)?.ToString();
        if (name is not (DiffusersKlConfig.ClassName or DiffusersVqConfig.ClassName or DiffusersTinyConfig.ClassName))
        {
            throw new InvalidDataException(
                $"its '{DiffusersAutoencoderConfig.ClassNameKey}' is '{name}'; "
                + $"supported are {DiffusersKlConfig.ClassName}, {DiffusersVqConfig.ClassName} and {DiffusersTinyConfig.ClassName}.");
        }

        RemoveNulls(json);
        return Translate(() => json.Deserialize<DiffusersAutoencoderConfig>(Options)!);
    }

    /// <summary>Writes the configuration of an autoencoder.</summary>
    public static void WriteAutoencoder(Stream stream, DiffusersAutoencoderConfig config) => JsonSerializer.Serialize(stream, config, Options);

    /// <summary>Reads a <c>model_index.json</c>.</summary>
    /// <exception cref="InvalidDataException">It is no JSON object.</exception>
    public static ModelIndex ReadModelIndex(Stream stream)
    {
        var json = ReadObject(stream);
        var components = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in json)
        {
            if (value is JsonArray { Count: 2 } pair && pair[1] is JsonValue pythonClass && pythonClass.GetValueKind() == JsonValueKind.String)
                components.Add(name, pythonClass.GetValue<string>());
        }
        var extras = json[ExtrasKey] is JsonObject own ? Translate(() => own.Deserialize<PipelineExtras>(Options)) : null;
        return new ModelIndex((json[DiffusersAutoencoderConfig.ClassNameKey] as JsonValue)?.ToString() ?? "", components, extras);
    }

    /// <summary>Writes a <c>model_index.json</c>.</summary>
    public static void WriteModelIndex(Stream stream, ModelIndex index)
    {
        var json = new JsonObject
        {
            [DiffusersAutoencoderConfig.ClassNameKey] = index.PythonClass,
            ["_diffusers_version"] = DiffusersFolder.Version,
        };
        foreach (var (name, pythonClass) in index.Components)
            json.Add(name, new JsonArray("diffusers", pythonClass));
        if (index.Extras is not null)
            json.Add(ExtrasKey, JsonSerializer.SerializeToNode(index.Extras, Options));
        JsonSerializer.Serialize(stream, json, Options);
    }

    /// <summary>Reads a JSON object of a configuration's size.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static JsonObject ReadObject(Stream stream)
    {
        if (stream.CanSeek && stream.Length - stream.Position > LargestFile)
            throw new InvalidDataException($"it has more than {LargestFile} bytes: no configuration.");
        using var reader = new StreamReader(stream, leaveOpen: true);
        var text = PythonJson.Quoted(reader.ReadToEnd());
        return Translate(() => JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject)
            ?? throw new InvalidDataException("it is no JSON object.");
    }

    // diffusers writes null for "as by default".
    private static void RemoveNulls(JsonObject json)
    {
        foreach (var name in json.Where(pair => pair.Value is null).Select(pair => pair.Key).ToArray())
            json.Remove(name);
    }

    /// <summary>Runs a reader of JSON, whose errors then say what is wrong with the file.</summary>
    /// <exception cref="InvalidDataException">The JSON is not valid.</exception>
    public static T Translate<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"its JSON is not valid: {error.Message}", error);
        }
    }
}
