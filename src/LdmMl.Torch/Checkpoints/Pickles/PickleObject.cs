namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>A placeholder for the result of a call. The call does not happen; only the name of the callable is kept, and the state set
/// afterwards.</summary>
/// <param name="origin">The callable's name.</param>
// No record: its ToString and Equals would walk through the state, which may contain the object itself.
internal sealed class PickleObject(string origin)
{
    /// <summary>Gets the name of the callable.</summary>
    public string Origin { get; } = origin;

    /// <summary>Gets or sets the object's attributes as set by BUILD, usually a <see cref="PickleDictionary"/>.</summary>
    public object? State { get; set; }
}
