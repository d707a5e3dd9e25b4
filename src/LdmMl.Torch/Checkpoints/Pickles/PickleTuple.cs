namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>A tuple. Lists and sets are <c>List&lt;object?&gt;</c>.</summary>
/// <param name="items">Its items.</param>
internal sealed class PickleTuple(IReadOnlyList<object?> items)
{
    /// <summary>Gets the tuple without items.</summary>
    public static PickleTuple Empty { get; } = new([]);

    /// <summary>Gets the items.</summary>
    public IReadOnlyList<object?> Items { get; } = items;
}
