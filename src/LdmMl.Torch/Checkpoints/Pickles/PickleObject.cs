namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>What a call would have made. The call does not happen; only the name of what was to be called is kept, and the state given afterwards.</summary>
/// <param name="Origin">What was to be called.</param>
internal sealed record PickleObject(string Origin)
{
    /// <summary>Gets or sets the object's attributes as BUILD gives them, usually a <see cref="PickleDictionary"/>.</summary>
    public object? State { get; set; }
}
