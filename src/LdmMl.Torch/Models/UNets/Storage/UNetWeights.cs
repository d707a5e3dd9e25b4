using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.UNets.Storage;

/// <summary>
/// Converts the weights of a U-Net between the naming schemes of CompVis and diffusers. A self-attention's joint projection becomes three, in the
/// order in which the config splits it; its 1x1 convolutions become linear layers.
/// </summary>
internal static class UNetWeights
{
    private const string Joint = "qkv";
    private static readonly string[] Parts = ["q", "k", "v"];

    /// <summary>Renames weights to diffusers' keys.</summary>
    /// <param name="config">The shape of the network.</param>
    /// <param name="weights">Weights under CompVis' keys.</param>
    /// <returns>Shares memory with them where it can; the caller disposes it.</returns>
    public static StateDictionary ToDiffusers(UNetConfig config, IEnumerable<KeyValuePair<string, Tensor>> weights)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var map = KeyMap(config);
        return Collect(metadata: null, result =>
        {
            foreach (var (key, tensor) in weights)
            {
                var parts = key.Split('.');
                if (config.ContextDimension is not null || parts is not [.., var owner, "weight" or "bias"])
                    result.Add(map.ToDiffusers(key), tensor.alias());
                else if (owner == Joint)
                    Split(config, map, parts, tensor, result);
                else
                    result.Add(map.ToDiffusers(key), owner == "proj_out" && parts[^1] == "weight" ? tensor.flatten(1) : tensor.alias());
            }
        });
    }

    /// <summary>Renames weights to CompVis' keys, unless they have them already.</summary>
    /// <param name="config">The shape of the network.</param>
    /// <param name="weights">Weights in either naming scheme.</param>
    /// <returns>Shares memory with them where it can; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">A key has an impossible number, or two keys become one.</exception>
    public static StateDictionary ToCompVis(UNetConfig config, StateDictionary weights)
    {
        if (!UNetKeyMap.IsDiffusers(weights.Keys))
            return weights.Rename(key => key);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var map = KeyMap(config);
        var renamed = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (key, tensor) in weights)
        {
            var name = map.ToCompVis(key);
            if (!renamed.TryAdd(name, tensor))
                throw new InvalidDataException($"two keys become '{name}'; does the file mix naming schemes?");
        }

        return Collect(weights.Metadata, result =>
        {
            foreach (var (key, tensor) in renamed)
                Join(config, key, tensor, renamed, result);
        });
    }

    /// <summary>Maps the names of a network's layers between both schemes.</summary>
    public static UNetKeyMap KeyMap(UNetConfig config) => new(Blocks(config));

    private static UNetBlocks Blocks(UNetConfig config) => new(
        config.ResidualBlocks,
        [.. Enumerable.Range(0, config.ChannelMultipliers.Count).Select(config.HasAttention)],
        config.ContextDimension is not null)
    {
        HasSizes = config.SizeDimension is not null,
    };

    // [3C, C, 1] -> 3 x [C, C], and [3C] -> 3 x [C].
    private static void Split(UNetConfig config, UNetKeyMap map, string[] parts, Tensor joint, StateDictionary result)
    {
        var each = joint.shape[0] / 3;
        var split = config.AttentionOrder == AttentionOrder.ProjectionsFirst
            ? joint.reshape([3, each, .. joint.shape[1..]]).unbind(0)
            : joint.reshape([HeadsOf(config, parts), 3, -1, .. joint.shape[1..]]).unbind(1);
        for (var i = 0; i < Parts.Length; i++)
        {
            var part = split[i].reshape([each, .. joint.shape[1..]]);
            var linear = part.dim() == 3 ? part.flatten(1) : part;
            result.Add(map.ToDiffusers($"{string.Join('.', parts[..^2])}.{Parts[i]}.{parts[^1]}"), linear.contiguous());
        }
    }

    private static void Join(UNetConfig config, string key, Tensor tensor, Dictionary<string, Tensor> all, StateDictionary result)
    {
        var parts = key.Split('.');
        var isSelfAttention = config.ContextDimension is null && parts is ["input_blocks" or "middle_block" or "output_blocks", ..];
        if (isSelfAttention && parts is [.., "q", var name])
        {
            var others = Parts.Select(part => all.GetValueOrDefault($"{string.Join('.', parts[..^2])}.{part}.{name}")).ToArray();
            if (others.Any(part => part is null || !part.shape.SequenceEqual(tensor.shape)))
                throw new InvalidDataException($"the queries, keys and values of '{key}' do not belong together.");
            result.Add($"{string.Join('.', parts[..^2])}.{Joint}.{name}", Joined(config, parts, others!));
        }
        else if (!isSelfAttention || parts is not [.., "k" or "v", _])
        {
            var isProjection = isSelfAttention && parts is [.., "proj_out", "weight"];
            result.Add(key, isProjection && tensor.dim() == 2 ? tensor.unsqueeze(2) : tensor.alias());
        }
    }

    private static Tensor Joined(UNetConfig config, string[] parts, Tensor[] split)
    {
        var shape = split[0].shape;
        var joint = config.AttentionOrder == AttentionOrder.ProjectionsFirst
            ? cat(split)
            : stack([.. split.Select(part => part.reshape([HeadsOf(config, parts), -1, .. shape[1..]]))], dim: 1).reshape([-1, .. shape[1..]]);
        return joint.dim() == 2 ? joint.unsqueeze(2) : joint;
    }

    private static int HeadsOf(UNetConfig config, string[] parts)
    {
        var perLevel = config.ResidualBlocks + 1;
        var deepest = config.ChannelMultipliers.Count - 1;
        return parts[0] switch
        {
            "input_blocks" => config.HeadsOf((Number(parts[1]) - 1) / perLevel, onTheWayUp: false),
            "output_blocks" => config.HeadsOf(deepest - (Number(parts[1]) / perLevel), onTheWayUp: true),
            _ => config.HeadsOf(deepest, onTheWayUp: false),
        };
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static StateDictionary Collect(IReadOnlyDictionary<string, string>? metadata, Action<StateDictionary> fill)
    {
        var result = new StateDictionary(metadata);
        try
        {
            fill(result);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
