using System.Text;
using LdmMl.Torch.Arguments;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints;

/// <summary>Loads weights into a module, strictly: every key and shape must match before the first value is copied.</summary>
internal static class ModuleWeights
{
    private const int MostKeysInMessage = 20;

    // From this many bytes of float16 on, weights stay as they are: each time they are used they have to be widened.
    private const long LargeHalves = 64L << 20;

    /// <summary>Copies tensors into the parameters and buffers of the same names, converted to the module's data types and devices.</summary>
    /// <param name="module">The module.</param>
    /// <param name="weights">The tensors; still owned by the caller.</param>
    /// <param name="source">What error messages call the weights, usually the file.</param>
    /// <param name="optionalPrefixes">
    /// Prefixes of keys that one side may lack, such as <c>"loss."</c>: these are reported, but are not an error. Shapes must agree everywhere.
    /// </param>
    /// <returns>What was missing or unexpected below the optional prefixes.</returns>
    /// <exception cref="CheckpointException">Keys or shapes do not agree; the message lists them, and the module is unchanged.</exception>
    public static LoadReport Load(nn.Module module, StateDictionary weights, string source, params string[] optionalPrefixes)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(optionalPrefixes);
        return Load(module, weights, source, optionalPrefixes, (_, target, value) => target.copy_(value));   // converts type and device
    }

    /// <summary>
    /// Takes weights over from a dictionary that nothing else will use: the module shares their memory where it can, so that there is no second copy.
    /// Those of a large network that are float16 stay so in layers that can read them.
    /// </summary>
    /// <inheritdoc cref="Load(nn.Module, StateDictionary, string, string[])"/>
    public static LoadReport TakeOver(nn.Module module, StateDictionary weights, string source, params string[] optionalPrefixes)
    {
        var layers = HalvesOf(weights) >= LargeHalves ? HalfLayers(module) : [];
        var taken = new TakenMemory();
        return Load(module, weights, source, optionalPrefixes, (key, target, value) =>
        {
            var isFree = value.device_type == DeviceType.CPU && value.is_contiguous() && taken.TryTake(value);
            if (isFree && value.dtype == ScalarType.Float16 && layers.TryGetValue(key, out var layer))
                layer.SetWeight(value);
            else if (isFree && value.dtype == target.dtype && target.device_type == DeviceType.CPU)
                target.set_(value);
            else
                target.copy_(value);
        });
    }

    private static LoadReport Load(
        nn.Module module, StateDictionary weights, string source, string[] optionalPrefixes, Action<string, Tensor, Tensor> load)
    {
        var targets = module.state_dict();
        var report = Check(targets, weights, source, optionalPrefixes);

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (key, target) in targets)
        {
            if (weights.TryGetValue(key, out var value))
                load(key, target, value);
        }
        return report;
    }

    private static long HalvesOf(StateDictionary weights) =>
        weights.Values.Where(weight => weight.dtype == ScalarType.Float16).Sum(TensorMemory.ByteCount);

    private static Dictionary<string, IHalfWeight> HalfLayers(nn.Module module) => module.named_modules()
        .Where(pair => pair.module is IHalfWeight)
        .ToDictionary(pair => $"{pair.name}.weight", pair => (IHalfWeight)pair.module, StringComparer.Ordinal);

    /// <summary>Compares keys and shapes without copying any weight.</summary>
    /// <exception cref="CheckpointException">They do not match; the message lists them.</exception>
    internal static LoadReport Check(Dictionary<string, Tensor> targets, StateDictionary weights, string source, params string[] optionalPrefixes)
    {
        var report = Compare(targets, weights);
        ThrowUnlessOptional(report, source, optionalPrefixes);
        return report;
    }

    private static LoadReport Compare(Dictionary<string, Tensor> targets, StateDictionary weights) => new(
        [.. targets.Keys.Where(key => !weights.ContainsKey(key))],
        [.. weights.Keys.Where(key => !targets.ContainsKey(key))],
        [.. from pair in targets
            where weights.ContainsKey(pair.Key) && !weights[pair.Key].shape.AsSpan().SequenceEqual(pair.Value.shape)
            select $"{pair.Key}: has {weights[pair.Key].ShapeText()}, needs {pair.Value.ShapeText()}"]);

    private static void ThrowUnlessOptional(LoadReport report, string source, string[] optionalPrefixes)
    {
        bool IsNeeded(string key) => !optionalPrefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));

        var reason = new StringBuilder("its keys are not those of the model.");
        var start = reason.Length;
        List(reason, "Missing", [.. report.Missing.Where(IsNeeded)]);
        List(reason, "Unexpected", [.. report.Unexpected.Where(IsNeeded)]);
        List(reason, "Wrong shape", report.WrongShape);
        if (reason.Length > start)
            throw new CheckpointException(source, reason.ToString());
    }

    private static void List(StringBuilder text, string title, IReadOnlyList<string> keys)
    {
        if (keys.Count == 0)
            return;
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $" {title} ({keys.Count}): {string.Join("; ", keys.Take(MostKeysInMessage))}");
        text.Append(keys.Count > MostKeysInMessage ? "; ..." : ".");
    }
}
