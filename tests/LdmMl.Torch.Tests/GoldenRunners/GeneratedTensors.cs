using System.Text;
using System.Text.Json;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Tensors that a case describes by an integer generator (detgen-v1) instead of storing them.</summary>
internal static class GeneratedTensors
{
    private const string Generator = "detgen-v1";

    /// <summary>Creates the parameters listed under <c>generated</c>, and in <c>backbone_recipe</c>, of a case's config.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> FromSettings(CaseSettings settings)
    {
        ExpectGenerator(settings, "backbone_generator");
        var lists = settings.ObjectOrEmpty("generated");
        ExpectGenerator(lists, "generator");
        return lists.Keys.Where(key => lists.Kind(key) == JsonValueKind.Array).SelectMany(lists.Objects).Concat(settings.Objects("backbone_recipe")).Select(Parameter);
    }

    /// <summary>Creates one tensor from its name, shape, bound, center and seed.</summary>
    public static KeyValuePair<string, Tensor> Parameter(CaseSettings recipe)
    {
        var (name, shape) = (recipe.Text("name"), recipe.Shape("shape"));
        var count = shape.Aggregate(1L, (a, b) => a * b);
        var values = Values(name, count, recipe.Number("bound"), recipe.Number("center"), recipe.Unsigned("seed"));
        return new(name, tensor(values, shape));
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

    // An object with the generator's name and its description in words, or only the name.
    private static void ExpectGenerator(CaseSettings settings, string key)
    {
        if (settings.Kind(key) == JsonValueKind.String && !settings.Text(key).StartsWith(Generator, StringComparison.Ordinal))
            throw settings.Unsupported(key, $"the generator is {Generator}");
        if (settings.OptionalObject(key) is not { } described)
            return;
        described.Expect("name", Generator);
        described.Describes("hash");
    }

    private static ulong Hash(string name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var letter in Encoding.UTF8.GetBytes(name))
            hash = unchecked((hash ^ letter) * 0x100000001B3);
        return hash;
    }
}
