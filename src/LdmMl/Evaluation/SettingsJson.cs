using System.Text.Json.Serialization;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Evaluation;

/// <summary>Serialises the settings that figures depend on, without reflection.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(SsimSettings))]
[JsonSerializable(typeof(BootstrapOptions))]
[JsonSerializable(typeof(KernelDistanceSettings))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
internal sealed partial class SettingsJson : JsonSerializerContext;
