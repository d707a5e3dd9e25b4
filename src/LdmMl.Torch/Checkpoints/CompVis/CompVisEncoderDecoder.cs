namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>The shape of encoder and decoder as a CompVis YAML describes it (<c>ddconfig</c>); each name lists its YAML key.</summary>
internal sealed record CompVisEncoderDecoder
{
    /// <summary>Gets whether the encoder gives mean and logarithm of the variance (<c>double_z</c>).</summary>
    public bool DoubleZ { get; init; } = true;

    /// <summary>Gets the latent's channels before the quantising convolution (<c>z_channels</c>).</summary>
    public required int LatentChannels { get; init; }

    /// <summary>Gets the side of the images in training, in pixels (<c>resolution</c>); it decides where attention is.</summary>
    public required int Resolution { get; init; }

    /// <summary>Gets the channels of the input (<c>in_channels</c>).</summary>
    public required int InChannels { get; init; }

    /// <summary>Gets the channels of the output (<c>out_ch</c>).</summary>
    public required int OutChannels { get; init; }

    /// <summary>Gets the width of the first level (<c>ch</c>).</summary>
    public required int BaseChannels { get; init; }

    /// <summary>Gets the width of each level as a multiple of the first (<c>ch_mult</c>).</summary>
    public required IReadOnlyList<int> ChannelMultipliers { get; init; }

    /// <summary>Gets the residual blocks of a level (<c>num_res_blocks</c>).</summary>
    public required int ResBlocks { get; init; }

    /// <summary>Gets the sides, in pixels at the training resolution, at which levels have attention (<c>attn_resolutions</c>).</summary>
    public required IReadOnlyList<int> AttentionResolutions { get; init; }

    /// <summary>Gets the dropout rate in training (<c>dropout</c>).</summary>
    public double Dropout { get; init; }

    /// <summary>Gets whether levels are resampled with a convolution (<c>resamp_with_conv</c>).</summary>
    public bool ResampleWithConvolution { get; init; } = true;

    /// <summary>Gets the kind of attention (<c>attn_type</c>): vanilla, none or linear.</summary>
    public string AttentionType { get; init; } = "vanilla";

    /// <summary>Gets whether the decoder ends in a tanh (<c>tanh_out</c>).</summary>
    public bool TanhOut { get; init; }
}
