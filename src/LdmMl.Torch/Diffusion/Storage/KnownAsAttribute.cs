namespace LdmMl.Torch.Diffusion.Storage;

/// <summary>Lists other names of an option or an enum's value: in papers, other libraries, older files.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class KnownAsAttribute(params string[] names) : Attribute
{
    /// <summary>Gets the names.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}
