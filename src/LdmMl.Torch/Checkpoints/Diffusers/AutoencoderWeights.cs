using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>Converts the weights of an autoencoder (KL or VQ) between the naming schemes of CompVis and diffusers. Values are unchanged; keys and the
/// shape of
/// projections change.</summary>
internal static class AutoencoderWeights
{
    /// <summary>Renames weights to CompVis' keys, unless they have them already.</summary>
    /// <param name="weights">Weights in either naming.</param>
    /// <returns>Shares memory with them; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">A key has an impossible level.</exception>
    public static StateDictionary ToCompVis(StateDictionary weights)
    {
        if (!AutoencoderKeyMap.IsDiffusers(weights.Keys))
            return weights.Rename(key => key);
        var map = new AutoencoderKeyMap(AutoencoderKeyMap.CountLevels(weights.Keys));
        return Convert(weights, weights.Metadata, map.ToCompVis, (from, to, tensor) =>
            AutoencoderKeyMap.IsProjection(to) && tensor.shape is [var rows, var columns] ? tensor.reshape(rows, columns, 1, 1) : tensor.alias());
    }

    /// <summary>Renames weights to diffusers' current keys.</summary>
    /// <param name="weights">Weights in CompVis' naming.</param>
    /// <returns>Shares memory with them; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">A key has an impossible level.</exception>
    public static StateDictionary ToDiffusers(IReadOnlyCollection<KeyValuePair<string, Tensor>> weights)
    {
        var map = new AutoencoderKeyMap(AutoencoderKeyMap.CountLevels(weights.Select(pair => pair.Key)));
        return Convert(weights, metadata: null, map.ToDiffusers, (from, to, tensor) =>
            AutoencoderKeyMap.IsProjection(from) && tensor.shape is [var rows, var columns, 1, 1] ? tensor.reshape(rows, columns) : tensor.alias());
    }

    private static StateDictionary Convert(
        IEnumerable<KeyValuePair<string, Tensor>> weights,
        IReadOnlyDictionary<string, string>? metadata,
        Func<string, string> rename,
        Func<string, string, Tensor, Tensor> reshape)
    {
        using var _ = no_grad();
        var result = new StateDictionary(metadata);
        try
        {
            foreach (var (key, tensor) in weights)
            {
                var name = rename(key);
                if (result.ContainsKey(name))
                    throw new InvalidDataException($"two keys become '{name}'; does the file mix naming schemes?");
                result.Add(name, reshape(key, name, tensor));
            }
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
