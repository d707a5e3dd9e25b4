using System.Text;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Tensors that a case describes by an integer generator (detgen-v1) instead of storing them.</summary>
internal static class GeneratedTensors
{
    /// <summary>Makes the parameters in the lists under <c>generated</c>, and in <c>backbone_recipe</c>, of a case's config.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> FromConfig(JsonNode config)
    {
        foreach (var parameter in (config["generated"]?.AsObject().SelectMany(list => list.Value as JsonArray ?? []) ?? []).Concat(config["backbone_recipe"]?.AsArray() ?? []))
        {
            var key = parameter!["name"]!.GetValue<string>();
            var shape = parameter["shape"]!.AsArray().Select(size => size!.GetValue<long>()).ToArray();
            var values = Values(key, shape.Aggregate(1L, (a, b) => a * b),
                parameter["bound"]!.GetValue<double>(), parameter["center"]!.GetValue<double>(), parameter["seed"]!.GetValue<ulong>());
            yield return new(key, tensor(values, shape));
        }
    }

    /// <summary>SplitMix64 on the FNV-1a hash of the name: values uniform in center +- bound.</summary>
    public static float[] Values(string name, long count, double bound, double center, ulong seed)
    {
        var start = unchecked(Hash(name) + seed);
        var values = new float[count];
        for (var index = 0; index < values.Length; index++)
        {
            var z = unchecked(start + ((ulong)index + 1) * 0x9E3779B97F4A7C15);
            z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
            z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
            z ^= z >> 31;
            var unit = (z >> 40) / (double)(1 << 24);
            values[index] = (float)(center + (2 * unit - 1) * bound);
        }
        return values;
    }

    private static ulong Hash(string name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var letter in Encoding.UTF8.GetBytes(name))
            hash = unchecked((hash ^ letter) * 0x100000001B3);
        return hash;
    }
}
