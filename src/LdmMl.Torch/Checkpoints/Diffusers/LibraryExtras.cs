namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>
/// What this library's autoencoders have and diffusers' <c>config.json</c> has no key for. Written under <c>_ldmml</c>, where diffusers
/// drops it without a word, and only for what differs from diffusers' own; null means "as in diffusers".
/// </summary>
internal sealed record LibraryExtras
{
    /// <summary>Gets the width of the first convolution, where it is not that of the first level.</summary>
    public int? BaseChannels { get; init; }

    /// <summary>Gets the channels of the latent, where they are not those of the bottleneck.</summary>
    public int? EmbedDim { get; init; }

    /// <summary>Gets whether levels are resampled with a convolution.</summary>
    public bool? ResampWithConv { get; init; }

    /// <summary>Gets whether the decoder ends with tanh.</summary>
    public bool? TanhOut { get; init; }

    /// <summary>Gets the weight of the commitment term.</summary>
    public double? Beta { get; init; }

    /// <summary>Gets whether the weight lies on the other term, as in the published models.</summary>
    public bool? Legacy { get; init; }

    /// <summary>Gets whether indices keep the latent's shape.</summary>
    public bool? SaneIndexShape { get; init; }

    /// <summary>Gets how many entries a remapped codebook uses.</summary>
    public int? UsedEntries { get; init; }

    /// <summary>Gets what a remapped codebook writes for an unused entry: <c>Extra</c>, <c>Fixed</c> or <c>Random</c>.</summary>
    public string? UnknownIndexPolicy { get; init; }

    /// <summary>Gets the fixed index.</summary>
    public int? UnknownIndex { get; init; }
}
