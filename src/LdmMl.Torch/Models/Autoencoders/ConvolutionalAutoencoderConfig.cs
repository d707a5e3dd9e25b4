using LdmMl.Torch.Arguments;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// Shape of the residual encoder and decoder that the KL and VQ autoencoders share (Rombach et al. 2022, appendix E.1).
/// Each property names its key in the published YAML (<c>ddconfig</c>).
/// </summary>
public abstract record ConvolutionalAutoencoderConfig : AutoencoderConfig
{
    /// <summary>Gets the width of the first level (<c>ch</c>); a multiple of <see cref="NormGroups"/>.</summary>
    public required int BaseChannels { get; init; }

    /// <summary>
    /// Gets the width of each level as a multiple of <see cref="BaseChannels"/> (<c>ch_mult</c>); each level but the last halves the image.
    /// </summary>
    public required IReadOnlyList<int> ChannelMultipliers { get; init; }

    /// <summary>Gets the channels of a latent (<c>embed_dim</c>).</summary>
    public override required int LatentChannels { get; init; }

    /// <summary>Gets the channels between the encoder and the 1x1 convolution that produces the latent (<c>z_channels</c>).</summary>
    /// <value>Default: <see cref="LatentChannels"/>.</value>
    public int BottleneckChannels
    {
        get => bottleneckChannels ?? LatentChannels;
        init => bottleneckChannels = value;
    }

    /// <summary>Gets the residual blocks of a level of the encoder (<c>num_res_blocks</c>); the decoder has one more.</summary>
    /// <value>Default: 2.</value>
    public int ResidualBlocks { get; init; } = 2;

    /// <summary>
    /// Gets the image side that <see cref="AttentionResolutions"/> counts from (<c>resolution</c>); images may have any other size.
    /// </summary>
    /// <value>Default: 256.</value>
    public int Resolution { get; init; } = 256;

    /// <summary>Gets the sides at which every residual block is followed by attention (<c>attn_resolutions</c>).</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<int> AttentionResolutions { get; init; } = [];

    /// <summary>Gets whether the middle has attention (<c>attn_type</c> other than <c>none</c>).</summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool MiddleAttention { get; init; } = true;

    /// <summary>Gets whether downsampling and upsampling have a convolution (<c>resamp_with_conv</c>).</summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool ResampleWithConvolution { get; init; } = true;

    /// <summary>Gets whether the decoder ends with tanh (<c>tanh_out</c>).</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool TanhOutput { get; init; }

    /// <summary>Gets the groups of every group normalisation.</summary>
    /// <value>Default: 32, the number of all CompVis models.</value>
    public int NormGroups { get; init; } = 32;

    /// <summary>
    /// Gets whether there are 1x1 convolutions before and after the latent (diffusers <c>use_quant_conv</c>,
    /// <c>use_post_quant_conv</c>).
    /// </summary>
    /// <value>Default: <see langword="true"/>; Stable Diffusion 3 and FLUX have none.</value>
    public bool LatentConvolutions { get; init; } = true;

    /// <inheritdoc/>
    public override int DownsampleFactor => 1 << (ChannelMultipliers.Count - 1);

    /// <inheritdoc/>
    public override PixelRange PixelRange => PixelRange.MinusOneToOne;

    private readonly int? bottleneckChannels;

    /// <summary>Gets the width of a level.</summary>
    internal int LevelChannels(int level) => BaseChannels * ChannelMultipliers[level];

    // As in the reference, the encoder halves the side, rounding down, and the decoder doubles it.
    private bool HasSameAttentionOnBothSides(int level)
    {
        var deepest = ChannelMultipliers.Count - 1;
        return AttentionResolutions.Contains(Resolution >> level) == AttentionResolutions.Contains(Resolution >> deepest << (deepest - level));
    }

    internal override void Validate()
    {
        base.Validate();
        Check.That(ChannelMultipliers.Count is > 0 and < 16, ChannelMultipliers, "it must have 1 to 15 levels");
        Check.That(ChannelMultipliers.All(multiplier => multiplier > 0), ChannelMultipliers, "each multiplier must be at least 1");
        Check.AtLeast(NormGroups, 1);
        Check.AtLeast(ResidualBlocks, 1);
        Check.AtLeast(BottleneckChannels, 1);
        Check.AtLeast(Resolution, 1);
        Check.That(
            Enumerable.Range(0, ChannelMultipliers.Count).All(HasSameAttentionOnBothSides), Resolution,
            $"{nameof(AttentionResolutions)} would give the encoder attention at other levels than the decoder; take a multiple of {DownsampleFactor}");
        Check.That(
            LatentConvolutions || BottleneckChannels == LatentChannels, BottleneckChannels,
            $"without {nameof(LatentConvolutions)} it must equal {nameof(LatentChannels)} ({LatentChannels})");
        Check.That(
            BaseChannels > 0 && BaseChannels % NormGroups == 0, BaseChannels,
            $"it must be at least 1 and a multiple of the {NormGroups} groups of a normalisation");
        Check.That(
            ChannelMultipliers.All(multiplier => (long)multiplier * BaseChannels <= int.MaxValue / 8), ChannelMultipliers,
            "a level must not have more channels than any machine can hold");
    }
}
