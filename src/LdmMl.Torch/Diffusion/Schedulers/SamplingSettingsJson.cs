using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary><see cref="SamplingSettings"/> and <see cref="NoiseScheduleConfig"/> as JSON: their own names in snake case, enums by name.</summary>
internal static class SamplingSettingsJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    public static JsonObject Write<T>(T settings)
        where T : class => (JsonObject)JsonSerializer.SerializeToNode(settings, Options)!;

    /// <summary>Reads what <see cref="Write"/> wrote; what is missing has its default.</summary>
    /// <exception cref="JsonException">A value is of another type.</exception>
    public static T Read<T>(JsonNode json)
        where T : class => json.Deserialize<T>(Options) ?? throw new JsonException("it is null.");

    /// <summary>Whether two describe the same; records with lists are not equal by themselves.</summary>
    public static bool AreEqual<T>(T one, T other)
        where T : class => JsonNode.DeepEquals(Write(one), Write(other));
}
