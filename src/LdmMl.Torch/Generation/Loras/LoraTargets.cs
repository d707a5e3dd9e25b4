using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models.UNets.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation.Loras;

/// <summary>The weights of a model that a LoRA can change, by network and layer. Shares their memory.</summary>
internal sealed class LoraTargets : IDisposable
{
    private const string Weight = ".weight";

    private readonly List<StateDictionary> held = [];
    private readonly Dictionary<(LoraPart Part, string Layer), string> names = [];
    private readonly Dictionary<(LoraPart Part, string Key), Tensor> weights = [];

    /// <summary>Adds a U-Net, under diffusers' names for its layers and CompVis' names, which kohya's files for SDXL use.</summary>
    /// <returns>Its weights with diffusers' keys; they belong to this object.</returns>
    public StateDictionary Add(UNet network)
    {
        var own = network.state_dict();
        var stored = UNetWeights.ToDiffusers(network.Config, own);
        Add(LoraPart.UNet, stored);
        var map = UNetWeights.KeyMap(network.Config);
        foreach (var key in own.Keys.Where(IsWeight))
        {
            if (stored.ContainsKey(map.ToDiffusers(key)))
                names.TryAdd((LoraPart.UNet, Flat(key)), map.ToDiffusers(key));
        }

        return stored;
    }

    /// <summary>Adds a text encoder.</summary>
    public void Add(LoraPart part, TextNetwork network)
    {
        using var noGradient = no_grad();
        var stored = new StateDictionary();
        foreach (var (key, tensor) in network.state_dict())
            stored.Add(key, tensor.alias());
        Add(part, stored);
    }

    /// <summary>Finds the weight of a layer.</summary>
    /// <returns>The key and the weight; null if the model has no such layer.</returns>
    public (string Key, Tensor Weight)? Find(LoraPart part, string layer)
    {
        var name = Spellings(part, layer).FirstOrDefault(spelling => names.ContainsKey((part, spelling)));
        return name is not null && names[(part, name)] is var key ? (key, weights[(part, key)]) : null;
    }

    public void Dispose() => held.ForEach(stored => stored.Dispose());

    private void Add(LoraPart part, StateDictionary stored)
    {
        held.Add(stored);
        foreach (var (key, tensor) in stored.Where(pair => IsWeight(pair.Key) && pair.Value.dim() >= 2))
        {
            names[(part, Flat(key))] = key;
            weights[(part, key)] = tensor;
        }
    }

    // diffusers' older names of attentions omit the number of the output layer, and name a text encoder's projections as the U-Net's.
    private static IEnumerable<string> Spellings(LoraPart part, string layer)
    {
        yield return layer;
        if (part == LoraPart.UNet)
            yield return $"{layer}_0";
        else if (layer.LastIndexOf("_to_", StringComparison.Ordinal) is > 0 and var place)
            yield return $"{layer[..place]}_{layer[(place + 4)..]}_proj";
    }

    private static bool IsWeight(string key) => key.EndsWith(Weight, StringComparison.Ordinal);

    private static string Flat(string key) => key[..^Weight.Length].Replace('.', '_');
}
