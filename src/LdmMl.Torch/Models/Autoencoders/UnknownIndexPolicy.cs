namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>What a remapped codebook writes for an entry that is not among the used ones.</summary>
public enum UnknownIndexPolicy
{
    /// <summary>One index of its own behind the used ones (<c>extra</c>); it maps back to the first used entry.</summary>
    Extra,

    /// <summary>A fixed index (an integer <c>unknown_index</c>).</summary>
    Fixed,

    /// <summary>Any used index, drawn from the given generator (<c>random</c>, the reference's default).</summary>
    Random,
}
