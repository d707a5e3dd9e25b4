using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation.Loras;

/// <summary>A LoRA file, read and checked without a model. Owns its tensors.</summary>
internal sealed class LoraFile : IDisposable
{
    private readonly StateDictionary weights;
    private readonly AdapterConfig? config;

    private LoraFile(WeightedLora lora, StateDictionary weights)
    {
        Lora = lora;
        this.weights = weights;
        config = weights.Keys.FirstOrDefault(LoraKey.IsOfAdapter) is { } own ? AdapterConfig.Beside(lora.Path, own) : AdapterConfig.Of(weights.Metadata);
        var known = weights.Keys.Select(key => (Key: key, Parsed: LoraKey.Parse(key))).ToArray();
        var layers = known.Where(entry => entry.Parsed is not null)
            .GroupBy(entry => (entry.Parsed!.Value.Part, entry.Parsed.Value.Layer))
            .Where(group => group.Any(entry => entry.Parsed!.Value.Factor != LoraFactor.Alpha))
            .Select(group => Layer(group.Key.Part, group.Key.Layer, [.. group.Select(entry => (entry.Key, entry.Parsed!.Value.Factor))]));
        Layers = [.. layers];
        var used = Layers.SelectMany(layer => layer.Keys).ToHashSet(StringComparer.Ordinal);
        OtherKeys = [.. weights.Keys.Where(key => !used.Contains(key))];
    }

    /// <summary>Gets the path of the file and its weight.</summary>
    public WeightedLora Lora { get; }

    /// <summary>Gets the changes, layer by layer.</summary>
    public IReadOnlyList<LoraLayer> Layers { get; }

    /// <summary>Gets the keys that belong to no layer.</summary>
    public IReadOnlyList<string> OtherKeys { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">It cannot be read, or is not a LoRA.</exception>
    public static LoraFile Read(WeightedLora lora)
    {
        var weights = StateDictionary.Read(lora.Path);
        try
        {
            return CheckpointErrors.Translate(lora.Path, () =>
            {
                RefuseOtherMethods(weights.Keys);
                var file = new LoraFile(lora, weights);
                if (file.Layers.Count == 0)
                    throw new InvalidDataException($"it is not a LoRA: none of its {weights.Count} keys, such as '{weights.Keys.First()}', is a LoRA key.");
                return file;
            });
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Returns the keys that are not among those given, in the file's order.</summary>
    public IReadOnlyList<string> Without(IReadOnlySet<string> used) => [.. weights.Keys.Where(key => !used.Contains(key))];

    public void Dispose() => weights.Dispose();

    private static void RefuseOtherMethods(IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            if (OtherMethods.Of(key) is { } method)
            {
                throw new InvalidDataException(
                    $"'{key}' belongs to {method}, which is not supported, and without it the images would be different; "
                    + "merge the file into the model with the program that it was made for, and open the result.");
            }
        }
    }

    private LoraLayer Layer(LoraPart part, string name, IReadOnlyList<(string Key, LoraFactor Factor)> keys)
    {
        string? KeyOf(LoraFactor factor)
        {
            var found = keys.Where(entry => entry.Factor == factor).Select(entry => entry.Key).ToArray();
            return found.Length <= 1 ? found.FirstOrDefault() : throw new InvalidDataException(
                $"'{found[0]}' and '{found[1]}' describe the same part of one layer; the file mixes two naming schemes.");
        }

        var (down, up, alpha) = (KeyOf(LoraFactor.Down), KeyOf(LoraFactor.Up), KeyOf(LoraFactor.Alpha));
        if (down is null || up is null)
            throw new InvalidDataException($"'{down ?? up}' has only one of its two factors in the file, which is truncated or damaged; download it again.");
        string[] all = alpha is null ? [down, up] : [down, up, alpha];
        var rank = weights[down].shape.FirstOrDefault();
        var over = alpha is null ? config?.AlphaOf(part, name, rank) ?? rank : Number(alpha);
        var layer = new LoraLayer(part, name, all, weights[down], weights[up], over);
        layer.Validate();
        return layer;
    }

    private double Number(string key)
    {
        using var scope = NewDisposeScope();
        return weights[key].numel() == 1
            ? weights[key].to(ScalarType.Float64).reshape(1).Read<double>()
            : throw new InvalidDataException($"'{key}' is {weights[key].ShapeText()}; it must be one number.");
    }
}
