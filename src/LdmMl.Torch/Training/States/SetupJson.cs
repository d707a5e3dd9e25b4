using System.Text.Json.Serialization;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Training.States;

/// <summary>The JSON of everything that must be the same when a training resumes: options and shapes of networks, under their C# names.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(AutoencoderTrainingOptions))]
[JsonSerializable(typeof(DiffusionTrainingOptions))]
[JsonSerializable(typeof(KlAutoencoderConfig))]
[JsonSerializable(typeof(VqAutoencoderConfig))]
[JsonSerializable(typeof(TinyAutoencoderConfig))]
[JsonSerializable(typeof(UNetConfig))]
[JsonSerializable(typeof(TextEncoderTrainingOptions))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class SetupJson : JsonSerializerContext;
