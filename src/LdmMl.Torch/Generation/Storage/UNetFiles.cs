using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>The U-Net's two files.</summary>
internal static class UNetFiles
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public static string PythonClass(UNetConfig config) => config.ContextDimension is null ? "UNet2DModel" : "UNet2DConditionModel";

    public static void WriteConfig(Stream stream, LatentDiffusionConfig config) => JsonSerializer.Serialize(
        stream,
        new JsonObject
        {
            ["_class_name"] = PythonClass(config.UNet),
            ["sample_size"] = new JsonArray(config.LatentHeight, config.LatentWidth),
            ["_ldmml"] = JsonSerializer.SerializeToNode(config.UNet, Json),
        },
        Json);

    public static UNetConfig ReadConfig(Stream stream) => JsonNode.Parse(stream)!["_ldmml"].Deserialize<UNetConfig>(Json)!;

    public static StateDictionary Weights(UNetConfig config, UNet network, StorageFormat format)
    {
        _ = config;
        using var own = new StateDictionary();
        foreach (var (key, tensor) in network.state_dict())
            own.Add(key, tensor.alias());
        return StoredWeights.Convert(own, format);
    }

    public static StateDictionary ToCompVis(UNetConfig config, StateDictionary weights)
    {
        _ = config;
        return weights.Rename(key => key);
    }
}
