using System.Text.Json.Serialization;

namespace LdmMl.Torch.Training.States;

/// <summary>The JSON of training states. Source-generated, so that it also works in programs that disable reflection.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, AllowDuplicateProperties = false,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StoredState))]
internal sealed partial class TrainingJson : JsonSerializerContext;
