namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>The name of a Python class or function. It remains a name and is never resolved.</summary>
/// <param name="Module">The module, such as <c>torch._utils</c>.</param>
/// <param name="Name">The name in it.</param>
internal sealed record PickleGlobal(string Module, string Name)
{
    /// <summary>Gets the module and the name in it, joined by a dot. Made once: every tensor of a file asks for the same few.</summary>
    public string FullName { get; } = $"{Module}.{Name}";

    /// <inheritdoc/>
    public override string ToString() => FullName;
}
