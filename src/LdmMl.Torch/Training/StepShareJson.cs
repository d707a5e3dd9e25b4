using System.Text.Json.Serialization;

namespace LdmMl.Torch.Training;

/// <summary>The JSON of <see cref="StepShare"/>; numbers keep every bit.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StepShare))]
internal sealed partial class StepShareJson : JsonSerializerContext;
