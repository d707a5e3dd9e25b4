using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>
/// The moving averages (EMA) that CompVis' LitEma keeps in addition to the parameters. They are keyed by the parameter's name without its dots,
/// which cannot be undone, so the wanted names must be given.
/// </summary>
internal static class MovingAverages
{
    /// <summary>Finds the averages of all of a network's parameters, if they are to be loaded.</summary>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="names">Lists the parameters, as for <see cref="Select"/>; not called where there are no averages to choose.</param>
    /// <param name="wanted">The user's choice.</param>
    /// <param name="network">What messages call the network.</param>
    /// <param name="path">The checkpoint, for messages.</param>
    /// <returns>The averages under the parameters' names, which the caller disposes; null if the trained weights are to be loaded.</returns>
    /// <exception cref="CheckpointException">Averages are requested, but the set is not complete.</exception>
    public static StateDictionary? Find(StateDictionary weights, Func<string[]> names, WeightSource wanted, string network, string path)
    {
        if (wanted == WeightSource.Trained || (wanted == WeightSource.MovingAverageIfComplete && !Has(weights)))
            return null;

        var parameters = names();
        var averages = Select(weights, parameters);
        if (averages.Count == parameters.Length)
            return averages;

        using (averages)
        {
            return wanted == WeightSource.MovingAverageIfComplete ? null : throw WordedException.Of(
                $"it has moving averages of {averages.Count} of the {network}'s {parameters.Length} parameters "
                + $"(none of '{parameters.First(name => !averages.ContainsKey(name))}'). "
                + $"Open it with {nameof(WeightSource)} {WeightSource.MovingAverageIfComplete} or {WeightSource.Trained}.",
                reason => new CheckpointException(path, reason));
        }
    }

    /// <summary>Selects the averages of the wanted parameters.</summary>
    /// <param name="weights">The whole checkpoint.</param>
    /// <param name="names">Names of parameters as the averaged module knows them, such as <c>diffusion_model.out.2.weight</c>; buffers have
    /// no average.</param>
    /// <returns>The averages found, under the wanted names. Shares memory with the checkpoint; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">Two names are the same without their dots.</exception>
    public static StateDictionary Select(StateDictionary weights, IEnumerable<string> names)
    {
        var nameOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!nameOf.TryAdd(Shadow(name), name))
            {
                throw new ArgumentException(
                    $"'{name}' and '{nameOf[Shadow(name)]}' are the same without dots: their averages cannot be distinguished.", nameof(names));
            }
        }
        return weights.Rename(nameOf.GetValueOrDefault);
    }

    /// <summary>Replaces parameters by their averages.</summary>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="averages">What <see cref="Select"/> found in it.</param>
    /// <returns>Every tensor of the checkpoint, the averaged ones with their averages. Shares memory with both; the caller disposes it.</returns>
    public static StateDictionary Overlay(StateDictionary weights, StateDictionary averages)
    {
        var result = weights.Rename(key => averages.ContainsKey(key) ? null : key);
        foreach (var (name, average) in averages)
            result.Add(name, average.alias());
        return result;
    }

    private static bool Has(StateDictionary weights) => weights.Keys.Any(key => key.StartsWith(CompVisKeys.MovingAverage, StringComparison.Ordinal));

    private static string Shadow(string name) => CompVisKeys.MovingAverage + name.Replace(".", "", StringComparison.Ordinal);
}
