using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>The scheduler's file.</summary>
internal static class SchedulerFiles
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string PythonClass(SamplingSettings sampling) => sampling.Sampler.ToString();

    public static void Write(Stream stream, LatentDiffusionConfig config) => JsonSerializer.Serialize(
        stream,
        new JsonObject
        {
            ["_class_name"] = PythonClass(config.Sampling),
            ["schedule"] = JsonSerializer.SerializeToNode(config.Schedule, Json),
            ["prediction"] = config.Prediction.ToString(),
            ["sampling"] = JsonSerializer.SerializeToNode(config.Sampling, Json),
        },
        Json);

    public static (NoiseScheduleConfig Schedule, Prediction Prediction, SamplingSettings Sampling) Read(Stream stream)
    {
        var json = JsonNode.Parse(stream)!;
        return (
            json["schedule"].Deserialize<NoiseScheduleConfig>(Json)!,
            Enum.Parse<Prediction>((string)json["prediction"]!),
            json["sampling"].Deserialize<SamplingSettings>(Json)!);
    }
}
