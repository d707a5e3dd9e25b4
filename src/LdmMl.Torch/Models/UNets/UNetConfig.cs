namespace LdmMl.Torch.Models.UNets;

/// <summary>
/// Shape of the U-Net that predicts the noise in a latent (Rombach et al. 2022, section 3.2 and appendix E.2; CompVis <c>UNetModel</c>).
/// Each property names its key in the published YAML (<c>unet_config.params</c>).
/// </summary>
/// <example>
/// <code>
/// var config = new UNetConfig { InputChannels = 4, OutputChannels = 4, BaseChannels = 64, ChannelMultipliers = [1, 2], AttentionFactors = [2] };
/// using var unet = UNet.Create(config, seed: 1);
/// </code>
/// </example>
/// <remarks>Two configs with different list objects are not equal under <c>==</c>, even if the lists hold the same numbers.</remarks>
public sealed record UNetConfig
{
    /// <summary>Gets the input channels (<c>in_channels</c>): those of a latent, and of what is concatenated with it.</summary>
    public required int InputChannels { get; init; }

    /// <summary>Gets the channels of the prediction (<c>out_channels</c>).</summary>
    public required int OutputChannels { get; init; }

    /// <summary>Gets the width of the first level (<c>model_channels</c>); a multiple of <see cref="NormGroups"/>.</summary>
    public required int BaseChannels { get; init; }

    /// <summary>
    /// Gets the width of each level as a multiple of <see cref="BaseChannels"/> (<c>channel_mult</c>); each level but the last halves the map.
    /// </summary>
    /// <value>Default: 1, 2, 4, 8.</value>
    public IReadOnlyList<int> ChannelMultipliers { get; init; } = [1, 2, 4, 8];

    /// <summary>
    /// Gets the width of each level (diffusers <c>block_out_channels</c>), if they are not multiples of the first; takes precedence over
    /// <see cref="ChannelMultipliers"/>, which then says how many levels there are.
    /// </summary>
    /// <value>Default: null.</value>
    public IReadOnlyList<int>? LevelWidths { get; init; }

    /// <summary>Gets the residual blocks of a level on the way down (<c>num_res_blocks</c>); there is one more on the way up.</summary>
    /// <value>Default: 2.</value>
    public int ResidualBlocks { get; init; } = 2;

    /// <summary>
    /// Gets the downsampling factors of the levels at which every residual block is followed by attention (<c>attention_resolutions</c>):
    /// 1, 2, 4 and so on. These are factors, not sides of maps. The middle always has attention.
    /// </summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<int> AttentionFactors { get; init; } = [];

    /// <summary>Gets the heads of every attention (<c>num_heads</c>); used if <see cref="HeadChannels"/> is null.</summary>
    /// <value>Default: 1.</value>
    public int Heads { get; init; } = 1;

    /// <summary>Gets the channels of one head (<c>num_head_channels</c>), which gives wider levels more heads.</summary>
    /// <value>Default: null: <see cref="Heads"/> applies.</value>
    public int? HeadChannels { get; init; }

    /// <summary>
    /// Gets the heads on the way up (<c>num_heads_upsample</c>). As in the reference they apply only to self-attention, with
    /// <see cref="LegacyHeads"/> and without <see cref="HeadChannels"/>.
    /// </summary>
    /// <value>Default: null: as on the way down.</value>
    public int? UpsampleHeads { get; init; }

    /// <summary>Gets the heads of each level (diffusers <c>attention_head_dim</c> as a list); takes precedence over the others.</summary>
    /// <value>Default: null.</value>
    public IReadOnlyList<int>? LevelHeads { get; init; }

    /// <summary>Gets whether <see cref="UpsampleHeads"/> applies (<c>legacy</c>).</summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool LegacyHeads { get; init; } = true;

    /// <summary>Gets how self-attention splits its joint projection (<c>use_new_attention_order</c>).</summary>
    /// <value>Default: <see cref="AttentionOrder.HeadsFirst"/>.</value>
    public AttentionOrder AttentionOrder { get; init; }

    /// <summary>
    /// Gets the width of a context token (<c>context_dim</c>). If it is given, attention is a transformer that also attends to a context
    /// (<c>use_spatial_transformer</c>; section 3.3).
    /// </summary>
    /// <value>Default: null: plain self-attention.</value>
    public int? ContextDimension { get; init; }

    /// <summary>Gets the blocks of each transformer (<c>transformer_depth</c>).</summary>
    /// <value>Default: 1.</value>
    public int TransformerDepth { get; init; } = 1;

    /// <summary>
    /// Gets the blocks of the transformers of each level (<c>transformer_depth</c> as a list, diffusers <c>transformer_layers_per_block</c>), which
    /// take precedence over <see cref="TransformerDepth"/>; the middle has as many as the last level.
    /// </summary>
    /// <value>Default: null.</value>
    public IReadOnlyList<int>? LevelTransformerDepths { get; init; }

    /// <summary>
    /// Gets the levels at which the pixels do not attend to each other, but twice to the context (diffusers <c>only_cross_attention</c>, CompVis
    /// <c>disable_self_attentions</c>), true for each such level; the middle always has both.
    /// </summary>
    /// <value>Default: null: none.</value>
    public IReadOnlyList<bool>? CrossAttentionOnly { get; init; }

    /// <summary>
    /// Gets whether transformers begin and end with a linear layer in place of a 1x1 convolution
    /// (<c>use_linear_in_transformer</c>, Stable Diffusion 2).
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool LinearProjections { get; init; }

    /// <summary>Gets how the time embedding enters residual blocks (<c>use_scale_shift_norm</c>).</summary>
    /// <value>Default: <see cref="TimestepInjection.Shift"/>.</value>
    public TimestepInjection TimestepInjection { get; init; }

    /// <summary>Gets how maps are downsampled and upsampled (<c>resblock_updown</c>, <c>conv_resample</c>).</summary>
    /// <value>Default: <see cref="UNetResampling.Convolution"/>.</value>
    public UNetResampling Resampling { get; init; }

    /// <summary>
    /// Gets how many class labels the network knows (<c>num_classes</c>); each has an embedding that is added to the time embedding.
    /// </summary>
    /// <value>Default: null: no labels.</value>
    public int? LabelCount { get; init; }

    /// <summary>
    /// Gets the width of a vector that is added to the time embedding (<c>adm_in_channels</c> with <c>num_classes: sequential</c>), such as a whole
    /// image's embedding.
    /// </summary>
    /// <value>Default: null: no vector.</value>
    public int? VectorDimension { get; init; }

    /// <summary>
    /// Gets the numbers of the sinusoids of each of the six sizes at the end of the vector (diffusers <c>addition_time_embed_dim</c> with
    /// <c>addition_embed_type: text_time</c>, SDXL).
    /// </summary>
    /// <value>Default: null: the vector has no sizes.</value>
    public int? SizeDimension { get; init; }

    /// <summary>
    /// Gets the heads of an attention that pools the context tokens into one vector, which is added to the time embedding (diffusers
    /// <c>addition_embed_type: text</c>, <c>addition_embed_type_num_heads</c>); they divide <see cref="ContextDimension"/>. Every residual block then
    /// sees the text as a whole, which small networks learn to follow sooner than cross-attention alone.
    /// </summary>
    /// <value>Default: null: the context reaches the network by cross-attention only.</value>
    public int? ContextPoolingHeads { get; init; }

    /// <summary>
    /// Gets the entries of a codebook whose indices the network predicts in place of values (<c>n_embed</c>): its output then has one channel
    /// for each, with logits.
    /// </summary>
    /// <value>Default: null: it predicts values.</value>
    public int? CodebookSize { get; init; }

    /// <summary>Gets the share of values that a residual block drops in training (<c>dropout</c>), in [0, 1).</summary>
    /// <value>Default: 0.</value>
    public double Dropout { get; init; }

    /// <summary>Gets the groups of every group normalisation.</summary>
    /// <value>Default: 32, the number of all published models.</value>
    public int NormGroups { get; init; } = 32;

    /// <summary>Gets the published <c>celebahq256</c>: faces, on 64x64 latents of <c>vq-f4</c>.</summary>
    public static UNetConfig CelebaHq256 { get; } = new()
    {
        InputChannels = 3, OutputChannels = 3, BaseChannels = 224, ChannelMultipliers = [1, 2, 3, 4],
        AttentionFactors = [8, 4, 2], HeadChannels = 32,
    };

    /// <summary>Gets the published <c>ffhq256</c>: faces, of the same shape as <see cref="CelebaHq256"/>.</summary>
    public static UNetConfig Ffhq256 { get; } = CelebaHq256 with { };

    /// <summary>Gets the published <c>lsun_beds256</c>: bedrooms, of the same shape as <see cref="CelebaHq256"/>.</summary>
    public static UNetConfig LsunBeds256 { get; } = CelebaHq256 with { };

    /// <summary>Gets the published <c>lsun_churches256</c>: churches, on 32x32 latents of <c>kl-f8</c>.</summary>
    public static UNetConfig LsunChurches256 { get; } = new()
    {
        InputChannels = 4, OutputChannels = 4, BaseChannels = 192, ChannelMultipliers = [1, 2, 2, 4, 4],
        AttentionFactors = [1, 2, 4, 8], Heads = 8, TimestepInjection = TimestepInjection.ScaleAndShift,
        Resampling = UNetResampling.ResidualBlock,
    };

    /// <summary>Gets the first published <c>cin256</c>: classes of ImageNet as one context token, on 32x32 latents of <c>vq-f8</c>.</summary>
    public static UNetConfig Cin256 { get; } = new()
    {
        InputChannels = 4, OutputChannels = 4, BaseChannels = 256, ChannelMultipliers = [1, 2, 4], AttentionFactors = [4, 2, 1],
        HeadChannels = 32, ContextDimension = 512,
    };

    /// <summary>Gets the published <c>cin256-v2</c>: classes of ImageNet as one context token, on 64x64 latents of <c>vq-f4</c>.</summary>
    public static UNetConfig Cin256Version2 { get; } = new()
    {
        InputChannels = 3, OutputChannels = 3, BaseChannels = 192, ChannelMultipliers = [1, 2, 3, 5],
        AttentionFactors = [8, 4, 2], Heads = 1, ContextDimension = 512,
    };

    /// <summary>Gets the published <c>txt2img-1p4B</c>: text as context, on 32x32 latents of <c>kl-f8</c>.</summary>
    public static UNetConfig Txt2Img { get; } = new()
    {
        InputChannels = 4, OutputChannels = 4, BaseChannels = 320, ChannelMultipliers = [1, 2, 4, 4],
        AttentionFactors = [4, 2, 1], Heads = 8, ContextDimension = 1280, LegacyHeads = false,
    };

    /// <summary>Gets the published <c>text2img256</c>: text as context, on 64x64 latents of <c>vq-f4</c>.</summary>
    public static UNetConfig Text2Img256 { get; } = Cin256Version2 with { HeadChannels = 32, ContextDimension = 640 };

    /// <summary>Gets the published <c>bsr_sr</c>: 4x super-resolution; the small image is concatenated to the latent of <c>vq-f4</c>.</summary>
    public static UNetConfig SuperResolution { get; } = new()
    {
        InputChannels = 6, OutputChannels = 3, BaseChannels = 160, ChannelMultipliers = [1, 2, 2, 4],
        AttentionFactors = [16, 8], HeadChannels = 32,
    };

    /// <summary>Gets the published <c>inpainting_big</c>: the masked image's latent and the mask are concatenated to the latent.</summary>
    public static UNetConfig Inpainting { get; } = new()
    {
        InputChannels = 7, OutputChannels = 3, BaseChannels = 256, ChannelMultipliers = [1, 2, 3, 4],
        AttentionFactors = [8, 4, 2], Heads = 8, Resampling = UNetResampling.ResidualBlock,
    };

    /// <summary>Gets the U-Net of Stable Diffusion 1.x: 77 tokens of 768 numbers as context.</summary>
    public static UNetConfig StableDiffusion1 { get; } = Txt2Img with { ContextDimension = 768 };

    /// <summary>Gets the U-Net of Stable Diffusion 2.x: 77 tokens of 1024 numbers as context.</summary>
    public static UNetConfig StableDiffusion2 { get; } = Txt2Img with { ContextDimension = 1024, HeadChannels = 64, LinearProjections = true };

    /// <summary>Gets the downsampling factor of the smallest map; the sides of a latent are multiples of it.</summary>
    public int DownsampleFactor => 1 << (ChannelMultipliers.Count - 1);

    /// <summary>Gets the width of the time embedding.</summary>
    internal int EmbeddingChannels => 4 * BaseChannels;

    /// <summary>Gets the width of a level.</summary>
    internal int LevelChannels(int level) => LevelWidths?[level] ?? (BaseChannels * ChannelMultipliers[level]);

    /// <summary>Determines whether the residual blocks of a level are followed by attention.</summary>
    internal bool HasAttention(int level) => AttentionFactors.Contains(1 << level);

    /// <summary>Gets the blocks of the transformers of a level.</summary>
    internal int DepthOf(int level) => LevelTransformerDepths?[level] ?? TransformerDepth;

    /// <summary>Gets the heads of the attention of a level.</summary>
    internal int HeadsOf(int level, bool onTheWayUp)
    {
        if (LevelHeads is not null)
            return LevelHeads[level];
        if (HeadChannels is { } channels)
            return LevelChannels(level) / channels;
        return onTheWayUp && LegacyHeads && ContextDimension is null ? UpsampleHeads ?? Heads : Heads;
    }

    /// <summary>Checks the values before a network is built from them.</summary>
    /// <exception cref="Arguments.OptionException">A value is not valid for a network; the message names it.</exception>
    internal void Validate() => new UNetChecks(this).Run();
}
