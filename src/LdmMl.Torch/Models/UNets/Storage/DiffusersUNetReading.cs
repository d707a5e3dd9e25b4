using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Models.UNets.Storage;

/// <summary>Reads a U-Net's config from diffusers' <c>config.json</c>. Missing keys have diffusers' defaults.</summary>
internal static class DiffusersUNetReading
{
    /// <exception cref="InvalidDataException">The config describes something that this library does not have.</exception>
    public static UNetConfig ToConfig(ConfigMap options, bool conditional)
    {
        UnsupportedOptions.Check(options);
        var widths = options.Integers("block_out_channels") ?? (conditional ? [320, 640, 1280, 1280] : [224, 448, 672, 896]);
        ConfigMap.Require(widths.Length > 0 && widths.All(width => width > 0), "its 'block_out_channels' must be at least 1.");
        var areMultiples = widths.All(width => width % widths[0] == 0);
        var config = new UNetConfig
        {
            InputChannels = options.Integer("in_channels") ?? (conditional ? 4 : 3),
            OutputChannels = options.Integer("out_channels") ?? (conditional ? 4 : 3),
            BaseChannels = widths[0],
            ChannelMultipliers = [.. widths.Select(width => areMultiples ? width / widths[0] : 1)],
            LevelWidths = areMultiples ? null : widths,
            ResidualBlocks = options.SameInteger("layers_per_block") ?? 2,
            NormGroups = options.Integer("norm_num_groups") ?? 32,
            Dropout = options.Number("dropout") ?? 0,
            TimestepInjection = Injection(options),
            LabelCount = options.Text("class_embed_type") is null ? options.Integer("num_class_embeds") : null,
        };
        config = conditional ? Conditional(config, options) : Unconditional(config, options);
        options.RefuseUnread();
        return config;
    }

    private static UNetConfig Conditional(UNetConfig config, ConfigMap options)
    {
        RequireMiddle(options, "UNetMidBlock2DCrossAttn");
        var kind = options.Text("class_embed_type");
        ConfigMap.Require(kind is null or "projection", $"its 'class_embed_type' is '{kind}'; supported are none and projection.");
        var added = options.Text("addition_embed_type");
        var sizes = SizesOf(options, added, kind);
        var poolingHeads = options.Integer("addition_embed_type_num_heads") ?? 64;
        var depths = DepthsOf(options);
        var heads = options.Integers("attention_head_dim") ?? [8];
        return WithHeads(config, heads) with
        {
            AttentionFactors = Factors(config, options, "CrossAttnDownBlock2D", "CrossAttnUpBlock2D", ["DownBlock2D"], ["UpBlock2D"], [true, true, true, false]),
            ContextDimension = options.SameInteger("cross_attention_dim") ?? 1280,
            TransformerDepth = depths is [var same] ? same : 1,
            LevelTransformerDepths = depths.Length == 1 ? null : depths,
            SizeDimension = sizes,
            ContextPoolingHeads = added == DiffusersUNet.PooledText ? poolingHeads : null,
            CrossAttentionOnly = CrossAttentionOnly(options, config.ChannelMultipliers.Count),
            LinearProjections = options.Truth("use_linear_projection") ?? false,
            VectorDimension = kind is null && sizes is null ? null : options.Integer("projection_class_embeddings_input_dim")
                ?? throw new InvalidDataException("its embedding of a vector needs 'projection_class_embeddings_input_dim'."),
            LegacyHeads = false,
        };
    }

    // SDXL's vector: the text's, and six sizes.
    private static int? SizesOf(ConfigMap options, string? added, string? kind)
    {
        var width = options.Integer("addition_time_embed_dim");
        if (added is null or DiffusersUNet.PooledText)
            return null;
        if (added != "text_time" || kind is not null)
            throw options.Unsupported("addition_embed_type", $"{DiffusersUNet.PooledText}, and text_time without 'class_embed_type'");
        return width ?? throw new InvalidDataException("its 'addition_embed_type' is text_time, which needs 'addition_time_embed_dim'.");
    }

    private static bool[]? CrossAttentionOnly(ConfigMap options, int levels)
    {
        var alone = options.Truths("only_cross_attention") ?? [];
        if (!alone.Contains(true))
            return null;
        if (alone.Length == 1)
            return [.. Enumerable.Repeat(element: true, levels)];
        ConfigMap.Require(alone.Length == levels, $"its 'only_cross_attention' must be a list of {levels}, as 'block_out_channels' has.");
        return alone;
    }

    private static int[] DepthsOf(ConfigMap options)
    {
        var depths = options.Integers("transformer_layers_per_block") ?? [1];
        return depths.Distinct().Count() == 1 ? depths[..1] : depths;
    }

    private static UNetConfig Unconditional(UNetConfig config, ConfigMap options)
    {
        RequireMiddle(options, "UNetMidBlock2D");
        ConfigMap.Require(!(options.Truths("only_cross_attention") ?? []).Contains(true), "its 'only_cross_attention' is true, which is not supported.");
        ConfigMap.Require(!options.Has("addition_embed_type"), "its 'addition_embed_type' is given, which is not supported.");
        ConfigMap.Require(options.Text("class_embed_type") is null, $"its 'class_embed_type' is '{options.Text("class_embed_type")}', which is not supported.");
        var normalised = options.Integer("attn_norm_num_groups") ?? (config.TimestepInjection == TimestepInjection.Shift ? config.NormGroups : 0);
        ConfigMap.Require(normalised == config.NormGroups,
            "its middle's attention is normalised in other groups than everything else, or not at all ('attn_norm_num_groups'), which is not supported.");
        var types = (Down: options.Text("downsample_type") ?? "conv", Up: options.Text("upsample_type") ?? "conv");
        ConfigMap.Require(types is ("conv", "conv") or ("resnet", "resnet"),
            $"its 'downsample_type' is '{types.Down}' and its 'upsample_type' '{types.Up}'; supported are conv and resnet, for both.");
        var isResidual = types.Down == "resnet";
        return config with
        {
            AttentionFactors = Factors(
                config, options, "AttnDownBlock2D", "AttnUpBlock2D",
                [isResidual ? "ResnetDownsampleBlock2D" : "DownBlock2D"], [isResidual ? "ResnetUpsampleBlock2D" : "UpBlock2D"], [false, true, true, true]),
            HeadChannels = options.Contains("attention_head_dim") ? options.Integer("attention_head_dim") : 8,
            Resampling = isResidual ? UNetResampling.ResidualBlock : UNetResampling.Convolution,
        };
    }

    // Stable Diffusion 2 writes a common width of heads as a list with an entry for each level.
    private static UNetConfig WithHeads(UNetConfig config, int[] heads)
    {
        if (heads is [var same])
            return config with { Heads = same };
        var levels = config.ChannelMultipliers.Count;
        ConfigMap.Require(heads.Length == levels && heads.All(count => count > 0), $"its 'attention_head_dim' must be one number, or {levels} as 'block_out_channels' has.");
        var widths = heads.Select((count, level) => config.LevelChannels(level) / (double)count).Distinct().ToArray();
        return widths is [var width] && width == (int)width ? config with { HeadChannels = (int)width } : config with { LevelHeads = heads };
    }

    private static int[] Factors(
        UNetConfig config, ConfigMap options, string downWith, string upWith, string[] downWithout, string[] upWithout, bool[] usual)
    {
        var levels = config.ChannelMultipliers.Count;
        var down = options.Texts("down_block_types")?.Select(type => IsAttention(type, downWith, downWithout)).ToArray() ?? usual;
        var up = options.Texts("up_block_types")?.Select(type => IsAttention(type, upWith, upWithout)).Reverse().ToArray() ?? usual;
        ConfigMap.Require(down.Length == levels && up.Length == levels,
            $"its 'down_block_types' and 'up_block_types' must have {levels} entries, as 'block_out_channels' has.");
        ConfigMap.Require(down.SequenceEqual(up), "it has attention at other levels on the way down than on the way up, which is not supported.");
        return [.. Enumerable.Range(0, levels).Where(level => down[level]).Select(level => 1 << level)];
    }

    private static bool IsAttention(string type, string with, string[] without) => type == with
        || (without.Contains(type) ? false : throw new InvalidDataException($"its block type '{type}' is not supported here; it could be {with} or {without[0]}."));

    private static TimestepInjection Injection(ConfigMap options) => options.Text("resnet_time_scale_shift") switch
    {
        null or DiffusersUNet.Shift => TimestepInjection.Shift,
        DiffusersUNet.ScaleAndShift => TimestepInjection.ScaleAndShift,
        var other => throw new InvalidDataException($"its 'resnet_time_scale_shift' is '{other}'; supported are default and scale_shift."),
    };

    // An explicit null means a network without a middle.
    private static void RequireMiddle(ConfigMap options, string supported)
    {
        if (options.Text("mid_block_type") != (options.Contains("mid_block_type") ? supported : null))
            throw options.Unsupported("mid_block_type", supported);
    }
}
