using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>Reads and writes the JSON file of a scheduler in diffusers' layout.</summary>
internal static class DiffusersJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowOutOfOrderMetadataProperties = true,
        AllowDuplicateProperties = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
    };

    /// <summary>Reads the configuration of a scheduler.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, or no scheduler's.</exception>
    public static DiffusersSchedulerConfig ReadScheduler(Stream stream)
    {
        var json = JsonFile.Read(stream);
        RemoveNulls(json);
        return JsonFile.Translate(() => json.Deserialize<DiffusersSchedulerConfig>(Options)!);
    }

    /// <summary>Writes the configuration of a scheduler.</summary>
    public static void WriteScheduler(Stream stream, DiffusersSchedulerConfig config) => JsonSerializer.Serialize(stream, config, Options);

    // diffusers writes null for "as by default".
    private static void RemoveNulls(JsonObject json)
    {
        foreach (var name in json.Where(pair => pair.Value is null).Select(pair => pair.Key).ToArray())
            json.Remove(name);
    }
}
