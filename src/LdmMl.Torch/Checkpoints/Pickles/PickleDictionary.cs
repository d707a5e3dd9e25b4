namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>A dictionary in order of insertion. Keys may be anything; only those that are strings can be looked up, and only those replace
/// each other.</summary>
internal sealed class PickleDictionary
{
    // Created when needed: a hostile file can create an empty dictionary with every byte.
    private List<KeyValuePair<object?, object?>>? items;
    private Dictionary<string, int>? indexOfString;

    public IReadOnlyList<KeyValuePair<object?, object?>> Items => items ?? (IReadOnlyList<KeyValuePair<object?, object?>>)[];

    public object? this[string key] => indexOfString is not null && indexOfString.TryGetValue(key, out var index) ? items![index].Value : null;

    public bool ContainsKey(string key) => indexOfString is not null && indexOfString.ContainsKey(key);

    /// <summary>Makes room for more items.</summary>
    public void MakeRoom(int count, AllocationLimit limit)
    {
        limit.MakeRoom(items ??= [], count);
        limit.MakeRoom(indexOfString ??= new Dictionary<string, int>(StringComparer.Ordinal), count);
    }

    public void Set(object? key, object? value)
    {
        items ??= [];
        var item = KeyValuePair.Create(key, value);
        if (key is string text)
        {
            indexOfString ??= new Dictionary<string, int>(StringComparer.Ordinal);
            if (indexOfString.TryGetValue(text, out var index))
            {
                items[index] = item;
                return;
            }
            indexOfString.Add(text, items.Count);
        }
        items.Add(item);
    }
}
