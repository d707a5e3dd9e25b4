using System.Text.Json.Serialization;

namespace LdmMl.Torch.Training.States;

/// <summary>The JSON of training states. Generated, so that it also works where a program switches reflection off.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, AllowDuplicateProperties = false,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StoredState))]
internal sealed partial class TrainingJson : JsonSerializerContext;
