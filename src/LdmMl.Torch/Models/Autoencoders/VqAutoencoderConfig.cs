using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// Shape of a vector-quantised autoencoder (Rombach et al. 2022, section 3.1; CompVis <c>VQModel</c> and <c>VQModelInterface</c>).
/// Its latents are those before quantisation, as diffusion models use them; decoding quantises first.
/// </summary>
public sealed record VqAutoencoderConfig : ConvolutionalAutoencoderConfig
{
    /// <summary>Gets the entries of the codebook (<c>n_embed</c>).</summary>
    public required int CodebookSize { get; init; }

    /// <summary>Gets the weight of the commitment term (<c>beta</c>).</summary>
    /// <value>Default: 0.25.</value>
    public double CommitmentWeight { get; init; } = 0.25;

    /// <summary>
    /// Gets whether <see cref="CommitmentWeight"/> weighs the codebook's term instead, as in the published models (<c>legacy</c>).
    /// </summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool LegacyCommitment { get; init; } = true;

    /// <summary>Gets whether indices keep the shape [B, h, w] (<c>sane_index_shape</c>); flat indices have the shape [B*h*w].</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool SpatialIndices { get; init; }

    /// <summary>
    /// Gets how many entries of the codebook are in use, for a remapped codebook (the length of <c>remap</c>); 0 means all.
    /// </summary>
    /// <value>Default: 0.</value>
    public int UsedEntries { get; init; }

    /// <summary>Gets the number of indices that can occur in training: those of used entries, and one for all others.</summary>
    internal int LearnedEntries => UsedEntries == 0 ? CodebookSize : UsedEntries + 1;

    /// <summary>Gets the index that a remapped codebook outputs for an unused entry (<c>unknown_index</c>).</summary>
    /// <value>Default: <see cref="UnknownIndexPolicy.Random"/>.</value>
    public UnknownIndexPolicy UnknownIndexPolicy { get; init; } = UnknownIndexPolicy.Random;

    /// <summary>Gets the index for <see cref="UnknownIndexPolicy.Fixed"/>.</summary>
    /// <value>Default: 0.</value>
    public int UnknownIndex { get; init; }

    /// <inheritdoc/>
    public override bool HasPosterior => false;

    /// <summary>Gets the published <c>vq-f4</c>: 4x smaller, 3 latent channels, 8192 entries.</summary>
    public static VqAutoencoderConfig VqF4 { get; } =
        new() { BaseChannels = 128, ChannelMultipliers = [1, 2, 4], LatentChannels = 3, CodebookSize = 8192 };

    /// <summary>Gets the published <c>vq-f4-noattn</c>: <see cref="VqF4"/> without attention.</summary>
    public static VqAutoencoderConfig VqF4WithoutAttention { get; } = VqF4 with { MiddleAttention = false };

    /// <summary>Gets the published <c>vq-f8</c>: 8x smaller, 4 latent channels, 16384 entries.</summary>
    public static VqAutoencoderConfig VqF8 { get; } = new()
    {
        BaseChannels = 128,
        ChannelMultipliers = [1, 2, 2, 4],
        LatentChannels = 4,
        AttentionResolutions = [32],
        CodebookSize = 16384,
    };

    /// <summary>Gets the published <c>vq-f8-n256</c>: <see cref="VqF8"/> with 256 entries.</summary>
    public static VqAutoencoderConfig VqF8With256Entries { get; } = VqF8 with { CodebookSize = 256 };

    /// <summary>Gets the published <c>vq-f16</c>: 16x smaller, 8 latent channels, 16384 entries.</summary>
    public static VqAutoencoderConfig VqF16 { get; } = new()
    {
        BaseChannels = 128,
        ChannelMultipliers = [1, 1, 2, 2, 4],
        LatentChannels = 8,
        AttentionResolutions = [16],
        CodebookSize = 16384,
    };

    internal override void Validate()
    {
        base.Validate();
        Check.AtLeast(CodebookSize, 1);
        Check.Within(UsedEntries, 0, CodebookSize);
        Check.AtLeast(CommitmentWeight, 0.0);
        Check.Defined(UnknownIndexPolicy);
        Check.AtLeast(UnknownIndex, 0);
    }
}
