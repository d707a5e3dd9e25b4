namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>The name of a Python class or function. It remains a name and is never resolved.</summary>
/// <param name="Module">The module, such as <c>torch._utils</c>.</param>
/// <param name="Name">The name in it.</param>
internal sealed record PickleGlobal(string Module, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Module}.{Name}";
}
