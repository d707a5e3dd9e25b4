using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LdmMl.Torch.Tensors;

namespace LdmMl.Transforms;

/// <summary>Colours as <c>#RRGGBB</c>.</summary>
internal sealed class PixelColorConverter : JsonConverter<PixelColor>
{
    public override PixelColor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is ['#', .. { Length: 6 } digits]
            && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var color)
            ? new PixelColor((byte)(color >> 16), (byte)(color >> 8), (byte)color)
            : throw new JsonException("A colour is written as #RRGGBB.");

    public override void Write(Utf8JsonWriter writer, PixelColor value, JsonSerializerOptions options) =>
        writer.WriteStringValue($"#{value.Red:X2}{value.Green:X2}{value.Blue:X2}");
}
