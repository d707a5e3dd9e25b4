namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>What a call would have made. The call does not happen; only the name of what was to be called is kept, and the state given
/// afterwards.</summary>
/// <param name="origin">What was to be called.</param>
// No record: its ToString and Equals would walk through the state, which may contain the object itself.
internal sealed class PickleObject(string origin)
{
    /// <summary>Gets the name of what was to be called.</summary>
    public string Origin { get; } = origin;

    /// <summary>Gets or sets the object's attributes as BUILD gives them, usually a <see cref="PickleDictionary"/>.</summary>
    public object? State { get; set; }
}
