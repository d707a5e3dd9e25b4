using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LdmMl.Torch.Diffusion.Storage;

/// <summary>Stores <see cref="SamplingSettings"/> within larger JSON files.</summary>
internal sealed class SamplingSettingsConverter : JsonConverter<SamplingSettings>
{
    /// <inheritdoc/>
    public override SamplingSettings Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        StoredSampling.Read(JsonNode.Parse(ref reader) as JsonObject ?? throw new JsonException("The sampling settings are not a JSON object."));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, SamplingSettings value, JsonSerializerOptions options) =>
        StoredSampling.Write(value).WriteTo(writer);
}
