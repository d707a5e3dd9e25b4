using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints.Diffusers;

namespace LdmMl.Torch.Models.UNets.Storage;

/// <summary>
/// The two files of a U-Net in a folder of diffusers' layout. What one of diffusers' classes can compute is written with its names. Anything else is
/// written as CompVis' own class, with its keys and weights: pipelines and <c>AutoModel</c> of diffusers then refuse it by name.
/// </summary>
internal static class UNetFiles
{
    /// <summary>Returns the Python class that <c>config.json</c> and <c>model_index.json</c> name.</summary>
    public static string PythonClass(UNetConfig config) => DiffusersUNetWriting.ClassOf(config) ?? CompVisUNet.ClassName;

    /// <summary>Writes <c>config.json</c>.</summary>
    /// <param name="stream">The stream, which stays open.</param>
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
        var description = DiffusersUNetWriting.ClassOf(config) is null ? CompVisUNet.Write(config) : DiffusersUNetWriting.ToJson(config);
        foreach (var (key, value) in description)
            json.Add(key, value?.DeepClone());
        JsonFile.Write(stream, json);
    }

    /// <summary>Reads <c>config.json</c>.</summary>
    /// <returns>The shape of the network, and the height and width of the latents it was trained on; null if the file does not say.</returns>
    /// <exception cref="InvalidDataException">It is not JSON, or describes something that this library does not have.</exception>
    public static (UNetConfig Config, int? Height, int? Width) ReadConfig(Stream stream)
    {
        var file = new ConfigMap(JsonFile.Read(stream));
        var config = file.Text(DiffusersUNet.ClassNameKey) switch
        {
            DiffusersUNet.Conditional => DiffusersUNetReading.ToConfig(file, conditional: true),
            DiffusersUNet.Unconditional => DiffusersUNetReading.ToConfig(file, conditional: false),
            CompVisUNet.ClassName => CompVisUNet.ReadParameters(file),
            var other => throw new InvalidDataException(
                $"its '{DiffusersUNet.ClassNameKey}' is '{other}'; supported are {DiffusersUNet.Conditional}, {DiffusersUNet.Unconditional} " +
                $"and {CompVisUNet.ClassName}."),
        };
        return file.Integers(DiffusersUNet.SampleSize) switch
        {
            [var height, var width] => (config, height, width),
            [var side] => (config, side, side),
            _ => (config, null, null),
        };
    }

    /// <summary>Renames a network's weights to the keys of the class that <see cref="PythonClass"/> names.</summary>
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
}
