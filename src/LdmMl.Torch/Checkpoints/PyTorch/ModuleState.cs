using LdmMl.Torch.Checkpoints.Pickles;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>
/// The attributes of a <c>torch.nn.Module</c> that was pickled whole. Its class is never instantiated;
/// parameters, buffers and children are found under the attribute names that every module uses, which give the keys of its state dict.
/// </summary>
internal static class ModuleState
{
    public static bool IsModule(PickleDictionary state) => state["_parameters"] is PickleDictionary && state["_modules"] is PickleDictionary;

    /// <summary>Lists the entries of a module's state dict, in order.</summary>
    public static IEnumerable<(string Name, object? Value)> Members(PickleDictionary state)
    {
        var passing = state["_non_persistent_buffers_set"] as List<object?> ?? [];
        foreach (var part in new[] { "_parameters", "_buffers", "_modules" })
        {
            foreach (var (key, value) in (state[part] as PickleDictionary)?.Items ?? [])
            {
                if (key is string name && value is not null && !(part == "_buffers" && passing.Contains(name)))
                    yield return (name, value);
            }
        }
    }
}
