using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints.Safetensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>Writes the weights of a component as one file, or as several with an index if one would be too large.</summary>
internal static class WeightShards
{
    /// <summary>The suffix of the name of an index, after the name that a single file would have.</summary>
    public const string IndexSuffix = ".index.json";

    private const int EntryBytes = 256;          // an upper bound for a tensor's name, shape and offset in the header of its file

    /// <param name="name">The name of the file if there is only one.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="largest">The largest file in bytes; null for no limit. A single weight that is larger gets a separate file.</param>
    /// <param name="writeFile">Writes a file with the given name.</param>
    public static void Write(string name, StateDictionary weights, long? largest, Action<string, Action<Stream>> writeFile)
    {
        var type = weights.WrittenType;
        var parts = largest is { } limit ? Parts(weights, limit) : [];
        if (parts.Count <= 1)
        {
            writeFile(name, stream => DiffusersFolder.WriteWeights(stream, weights));
            return;
        }

        var map = new JsonObject();
        foreach (var (index, part) in parts.Index())
        {
            var own = FormattableString.Invariant($"{name[..^".safetensors".Length]}-{index + 1:D5}-of-{parts.Count:D5}.safetensors");
            writeFile(own, stream => DiffusersFolder.WriteWeights(stream, part, type));
            foreach (var (key, _) in part)
                map[key] = own[(own.LastIndexOf('/') + 1)..];
        }

        var total = weights.Sum(entry => Bytes(entry.Value, type));
        writeFile(name + IndexSuffix, stream => JsonFile.Write(stream, new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = total }, ["weight_map"] = map,
        }));
    }

    private static List<List<KeyValuePair<string, Tensor>>> Parts(StateDictionary weights, long limit)
    {
        var parts = new List<List<KeyValuePair<string, Tensor>>>();
        var size = long.MaxValue;
        foreach (var entry in weights)
        {
            var own = Bytes(entry.Value, weights.WrittenType) + EntryBytes;
            if (size > limit - own)
            {
                parts.Add([]);
                size = 0;
            }

            parts[^1].Add(entry);
            size += own;
        }

        return parts;
    }

    private static long Bytes(Tensor weight, ScalarType? type) =>
        weight.numel() * SafetensorsDataType.Of(SafetensorsWriter.TypeOf(weight, type), "").ByteSize;
}
