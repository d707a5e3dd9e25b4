using System.Text.Json.Serialization;

namespace LdmMl.Transforms;

/// <summary>How options are stored in a model file: one JSON object for each transformer, serialised without reflection.</summary>
/// <remarks>
/// Values are named, so that files remain readable when an enumeration or a record gets new members. Devices and cancellation tokens are not stored.
/// A member that this version does not know is refused: a newer version wrote it.
/// </remarks>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(PixelColorConverter)])]
[JsonSerializable(typeof(LoadImageFilesOptions))]
[JsonSerializable(typeof(ResizeImagesOptions))]
[JsonSerializable(typeof(EncodeImagesOptions))]
[JsonSerializable(typeof(DecodeLatentsOptions))]
[JsonSerializable(typeof(ReconstructImagesOptions))]
[JsonSerializable(typeof(InterpolateLatentsOptions))]
[JsonSerializable(typeof(ScoreImageQualityOptions))]
[JsonSerializable(typeof(ScorePerceptualDistanceOptions))]
[JsonSerializable(typeof(GenerateImagesOptions))]
[JsonSerializable(typeof(EncodeTextOptions))]
internal sealed partial class OptionsJson : JsonSerializerContext;
