namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>A tuple. Lists and sets are <c>List&lt;object?&gt;</c>.</summary>
/// <param name="Items">Its items.</param>
internal sealed record PickleTuple(IReadOnlyList<object?> Items)
{
    public static PickleTuple Empty { get; } = new([]);
}
