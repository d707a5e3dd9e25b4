using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Checkpoints.Diffusers;

namespace LdmMl.Torch.Models.UNets.Storage;

/// <summary>
/// The two files of a U-Net in a folder of diffusers' layout. What one of diffusers' classes computes is written in its names. Anything else is
/// written as CompVis' own class, with its keys and weights: Python's diffusers then refuses it by name, and does not compute something else.
/// </summary>
internal static class UNetFiles
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    /// <summary>Gives the Python class that <c>config.json</c> and <c>model_index.json</c> name.</summary>
    public static string PythonClass(UNetConfig config) => DiffusersUNetWriting.ClassOf(config) ?? CompVisUNet.ClassName;

    /// <summary>Writes <c>config.json</c>.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="config">The shape of the network.</param>
    /// <param name="height">The height of the latents it was trained on.</param>
    /// <param name="width">Their width.</param>
    public static void WriteConfig(Stream stream, UNetConfig config, int height, int width)
    {
        var json = new JsonObject
        {
            [DiffusersUNet.ClassNameKey] = PythonClass(config),
            ["_diffusers_version"] = DiffusersFolder.Version,
            [DiffusersUNet.SampleSize] = height == width ? height : new JsonArray(height, width),
        };
        var description = DiffusersUNetWriting.ClassOf(config) is null
            ? JsonSerializer.SerializeToNode(CompVisUNetMapping.FromConfig(config), Json)!.AsObject()
            : DiffusersUNetWriting.ToJson(config);
        foreach (var (key, value) in description)
            json.Add(key, value?.DeepClone());
        JsonSerializer.Serialize(stream, json, Json);
    }

    /// <summary>Reads <c>config.json</c>.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, or describes something that this library does not have.</exception>
    public static StoredUNetConfig ReadConfig(Stream stream)
    {
        var json = DiffusersJson.ReadObject(stream);
        var options = new JsonOptions(json);
        var config = options.Text(DiffusersUNet.ClassNameKey) switch
        {
            DiffusersUNet.Conditional => DiffusersUNetReading.ToConfig(json, conditional: true),
            DiffusersUNet.Unconditional => DiffusersUNetReading.ToConfig(json, conditional: false),
            CompVisUNet.ClassName => CompVisUNetMapping.ToConfig(DiffusersJson.Translate(() => json.Deserialize<CompVisUNet>(Json)!)),
            var other => throw new InvalidDataException(
                $"its '{DiffusersUNet.ClassNameKey}' is '{other}'; supported are {DiffusersUNet.Conditional}, {DiffusersUNet.Unconditional} " +
                $"and {CompVisUNet.ClassName}."),
        };
        return options.Integers(DiffusersUNet.SampleSize) switch
        {
            [var height, var width] => new StoredUNetConfig(config, height, width),
            [var side] => new StoredUNetConfig(config, side, side),
            _ => new StoredUNetConfig(config, null, null),
        };
    }

    /// <summary>Gives a network's weights the keys of the class that <see cref="PythonClass"/> names.</summary>
    /// <returns>Shares memory with the network where it can; the caller disposes it.</returns>
    public static StateDictionary Weights(UNet network)
    {
        var own = network.state_dict();
        if (DiffusersUNetWriting.ClassOf(network.Config) is not null)
            return UNetWeights.ToDiffusers(network.Config, own);
        using var noGradient = TorchSharp.torch.no_grad();
        var weights = new StateDictionary();
        foreach (var (key, tensor) in own)
            weights.Add(key, tensor.alias());
        return weights;
    }

    /// <summary>Gives the weights of a file this library's keys, which are CompVis'.</summary>
    /// <returns>Shares memory with them where it can; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">A key has an impossible number, or two keys become one.</exception>
    public static StateDictionary ToCompVis(UNetConfig config, StateDictionary weights) => UNetWeights.ToCompVis(config, weights);
}
