using System.Text.Json.Serialization;
using LdmMl.Transforms;

namespace LdmMl.Training;

/// <summary>How the columns of a trained autoencoder are stored in a model file; see <see cref="OptionsJson"/>.</summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(PixelColorConverter)])]
[JsonSerializable(typeof(TrainedColumns))]
internal sealed partial class TrainedColumnsJson : JsonSerializerContext;
