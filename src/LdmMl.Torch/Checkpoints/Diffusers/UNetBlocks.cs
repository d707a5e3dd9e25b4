namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>The layout of a U-Net's blocks: all that its keys depend on.</summary>
/// <param name="ResidualBlocks">The residual blocks of a level on the way down; there is one more on the way up.</param>
/// <param name="Attention">Whether the residual blocks of each level are followed by attention, from the largest map on.</param>
/// <param name="Transformers">Whether attention is a transformer with a context, and not self-attention alone.</param>
internal sealed record UNetBlocks(int ResidualBlocks, IReadOnlyList<bool> Attention, bool Transformers)
{
    /// <summary>Gets whether what is added to the time holds sizes too, which has a name of its own.</summary>
    public bool HasSizes { get; init; }

    /// <summary>Gets how many levels there are.</summary>
    public int Levels => Attention.Count;
}
