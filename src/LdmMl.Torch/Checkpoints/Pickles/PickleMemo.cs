namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>The values that a pickle refers to again, by number.</summary>
/// <param name="limit">What it may allocate.</param>
internal sealed class PickleMemo(AllocationLimit limit)
{
    // Python counts upwards, one number for each value; another writer may leave some out.
    private readonly List<object?> counted = [];
    private readonly Dictionary<long, object?> others = [];

    public void Add(object? value) => Set(counted.Count + others.Count, value);

    public void Set(long index, object? value)
    {
        if (index < counted.Count)
        {
            counted[(int)index] = value;
        }
        else if (index == counted.Count && !others.ContainsKey(index))
        {
            limit.MakeRoom(counted, 1);
            counted.Add(value);
        }
        else
        {
            limit.MakeRoom(others, 1);
            others[index] = value;
        }
    }

    public object? Get(long index) => index < counted.Count ? counted[(int)index]
        : others.TryGetValue(index, out var value) ? value
        : throw new InvalidDataException($"the pickle is damaged: memo {index} is missing.");
}
