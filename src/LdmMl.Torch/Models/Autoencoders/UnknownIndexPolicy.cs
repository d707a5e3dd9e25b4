namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>The index that a remapped codebook outputs for an unused entry.</summary>
public enum UnknownIndexPolicy
{
    /// <summary>One extra index after the used ones (<c>extra</c>); it maps back to the first used entry.</summary>
    Extra,

    /// <summary>A fixed index (an integer <c>unknown_index</c>).</summary>
    Fixed,

    /// <summary>Any used index, drawn from the given generator (<c>random</c>, the reference's default).</summary>
    Random,
}
