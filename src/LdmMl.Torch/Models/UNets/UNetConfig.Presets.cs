namespace LdmMl.Torch.Models.UNets;

/// <content>The published networks.</content>
public sealed partial record UNetConfig
{
    /// <summary>Gets the published <c>celebahq256</c>: faces, on 64x64 latents of <c>vq-f4</c>.</summary>
    public static UNetConfig CelebaHq256 { get; } = new()
    {
        InputChannels = 3,
        OutputChannels = 3,
        BaseChannels = 224,
        ChannelMultipliers = [1, 2, 3, 4],
        AttentionFactors = [8, 4, 2],
        HeadChannels = 32,
    };

    /// <summary>Gets the published <c>ffhq256</c>: faces, of the same shape as <see cref="CelebaHq256"/>.</summary>
    public static UNetConfig Ffhq256 { get; } = CelebaHq256 with { };

    /// <summary>Gets the published <c>lsun_beds256</c>: bedrooms, of the same shape as <see cref="CelebaHq256"/>.</summary>
    public static UNetConfig LsunBeds256 { get; } = CelebaHq256 with { };

    /// <summary>Gets the published <c>lsun_churches256</c>: churches, on 32x32 latents of <c>kl-f8</c>.</summary>
    public static UNetConfig LsunChurches256 { get; } = new()
    {
        InputChannels = 4,
        OutputChannels = 4,
        BaseChannels = 192,
        ChannelMultipliers = [1, 2, 2, 4, 4],
        AttentionFactors = [1, 2, 4, 8],
        Heads = 8,
        TimestepInjection = TimestepInjection.ScaleAndShift,
        Resampling = UNetResampling.ResidualBlock,
    };

    /// <summary>Gets the first published <c>cin256</c>: classes of ImageNet as one context token, on 32x32 latents of <c>vq-f8</c>.</summary>
    public static UNetConfig Cin256 { get; } = new()
    {
        InputChannels = 4,
        OutputChannels = 4,
        BaseChannels = 256,
        ChannelMultipliers = [1, 2, 4],
        AttentionFactors = [4, 2, 1],
        HeadChannels = 32,
        ContextDimension = 512,
    };

    /// <summary>Gets the published <c>cin256-v2</c>: classes of ImageNet as one context token, on 64x64 latents of <c>vq-f4</c>.</summary>
    public static UNetConfig Cin256Version2 { get; } = new()
    {
        InputChannels = 3,
        OutputChannels = 3,
        BaseChannels = 192,
        ChannelMultipliers = [1, 2, 3, 5],
        AttentionFactors = [8, 4, 2],
        Heads = 1,
        ContextDimension = 512,
    };

    /// <summary>Gets the published <c>txt2img-1p4B</c>: text as context, on 32x32 latents of <c>kl-f8</c>.</summary>
    public static UNetConfig Txt2Img { get; } = new()
    {
        InputChannels = 4,
        OutputChannels = 4,
        BaseChannels = 320,
        ChannelMultipliers = [1, 2, 4, 4],
        AttentionFactors = [4, 2, 1],
        Heads = 8,
        ContextDimension = 1280,
        LegacyHeads = false,
    };

    /// <summary>Gets the published <c>text2img256</c>: text as context, on 64x64 latents of <c>vq-f4</c>.</summary>
    public static UNetConfig Text2Img256 { get; } = Cin256Version2 with { HeadChannels = 32, ContextDimension = 640 };

    /// <summary>Gets the published <c>bsr_sr</c>: 4x super-resolution; the small image is concatenated to the latent of <c>vq-f4</c>.</summary>
    public static UNetConfig SuperResolution { get; } = new()
    {
        InputChannels = 6,
        OutputChannels = 3,
        BaseChannels = 160,
        ChannelMultipliers = [1, 2, 2, 4],
        AttentionFactors = [16, 8],
        HeadChannels = 32,
    };

    /// <summary>Gets the published <c>inpainting_big</c>: the masked image's latent and the mask are concatenated to the latent.</summary>
    public static UNetConfig Inpainting { get; } = new()
    {
        InputChannels = 7,
        OutputChannels = 3,
        BaseChannels = 256,
        ChannelMultipliers = [1, 2, 3, 4],
        AttentionFactors = [8, 4, 2],
        Heads = 8,
        Resampling = UNetResampling.ResidualBlock,
    };

    /// <summary>Gets the U-Net of Stable Diffusion 1.x: 77 tokens of 768 numbers as context.</summary>
    public static UNetConfig StableDiffusion1 { get; } = Txt2Img with { ContextDimension = 768 };

    /// <summary>Gets the U-Net of Stable Diffusion 2.x: 77 tokens of 1024 numbers as context.</summary>
    public static UNetConfig StableDiffusion2 { get; } = Txt2Img with { ContextDimension = 1024, HeadChannels = 64, LinearProjections = true };
}
