using System.Text.Json.Nodes;

namespace LdmMl.Torch.Models.UNets.Storage;

/// <summary>Describes a U-Net as diffusers does.</summary>
internal static class DiffusersUNetWriting
{
    /// <summary>Returns which of diffusers' classes computes what a config describes.</summary>
    /// <returns>Its name; null if there is none.</returns>
    public static string? ClassOf(UNetConfig config)
    {
        if (config.CodebookSize is not null || config.Resampling == UNetResampling.Plain || config.ChannelMultipliers[0] != 1)
            return null;
        if (config.ContextDimension is not null)
            return config.Resampling == UNetResampling.Convolution ? DiffusersUNet.Conditional : null;

        // There, with scale and shift the middle's attention is not normalised.
        var isUsual = config.VectorDimension is null && config.TimestepInjection == TimestepInjection.Shift;
        return isUsual && HeadChannels(config) is not null ? DiffusersUNet.Unconditional : null;
    }

    /// <summary>Returns the content of <c>config.json</c>, for a config for which <see cref="ClassOf"/> has a class.</summary>
    public static JsonObject ToJson(UNetConfig config)
    {
        var json = config.ContextDimension is null ? Unconditional(config) : Conditional(config);
        json["in_channels"] = config.InputChannels;
        json["out_channels"] = config.OutputChannels;
        json["block_out_channels"] = new JsonArray([.. Levels(config).Select(level => (JsonNode)config.LevelChannels(level))]);
        json["layers_per_block"] = config.ResidualBlocks;
        json["norm_num_groups"] = config.NormGroups;
        json["norm_eps"] = NormalizedConvolution.Epsilon;
        json["act_fn"] = "silu";
        json["downsample_padding"] = 1;
        json["dropout"] = config.Dropout;
        json["flip_sin_to_cos"] = true;
        json["freq_shift"] = 0;
        json["resnet_time_scale_shift"] = config.TimestepInjection == TimestepInjection.Shift ? DiffusersUNet.Shift : DiffusersUNet.ScaleAndShift;
        if (config.LabelCount is { } labels)
            json["num_class_embeds"] = labels;
        return json;
    }

    private static JsonObject Conditional(UNetConfig config)
    {
        var heads = Levels(config).Select(level => Math.Max(1, config.HeadsOf(level, onTheWayUp: false))).ToArray();
        var json = new JsonObject
        {
            ["down_block_types"] = Blocks(config, level => config.HasAttention(level) ? "CrossAttnDownBlock2D" : "DownBlock2D"),
            ["mid_block_type"] = "UNetMidBlock2DCrossAttn",
            ["up_block_types"] = Reversed(config, level => config.HasAttention(level) ? "CrossAttnUpBlock2D" : "UpBlock2D"),
            ["cross_attention_dim"] = config.ContextDimension,

            // Despite its name, it is the number of heads.
            ["attention_head_dim"] = heads.Distinct().Count() == 1 ? heads[0] : new JsonArray([.. heads.Select(count => (JsonNode)count)]),
            ["transformer_layers_per_block"] = config.LevelTransformerDepths is { } depths
                ? new JsonArray([.. depths.Select(depth => (JsonNode)Math.Max(depth, 1))]) : config.TransformerDepth,
            ["use_linear_projection"] = config.LinearProjections,
        };
        if (config.CrossAttentionOnly is { } alone)
            json["only_cross_attention"] = new JsonArray([.. alone.Select(value => (JsonNode)value)]);
        if (config.ContextPoolingHeads is { } pooling)
        {
            json["addition_embed_type"] = DiffusersUNet.PooledText;
            json["addition_embed_type_num_heads"] = pooling;
        }

        if (config.VectorDimension is { } vector)
        {
            json["projection_class_embeddings_input_dim"] = vector;
            json[config.SizeDimension is null ? "class_embed_type" : "addition_embed_type"] = config.SizeDimension is null ? "projection" : "text_time";
            if (config.SizeDimension is { } sizes)
                json["addition_time_embed_dim"] = sizes;
        }

        return json;
    }

    private static JsonObject Unconditional(UNetConfig config)
    {
        var type = config.Resampling == UNetResampling.Convolution ? "conv" : "resnet";
        var prefix = config.Resampling == UNetResampling.Convolution ? "" : "Resnet";
        return new JsonObject
        {
            ["down_block_types"] = Blocks(
                config, level => config.HasAttention(level) ? "AttnDownBlock2D" : prefix.Length == 0 ? "DownBlock2D" : "ResnetDownsampleBlock2D"),
            ["up_block_types"] = Reversed(
                config, level => config.HasAttention(level) ? "AttnUpBlock2D" : prefix.Length == 0 ? "UpBlock2D" : "ResnetUpsampleBlock2D"),
            ["downsample_type"] = type,
            ["upsample_type"] = type,
            ["attention_head_dim"] = HeadChannels(config) is > 0 and var channels ? channels : null,
            ["add_attention"] = true,
        };
    }

    // There, every attention has heads of the same number of channels, or a single head. 0 means a single head.
    private static int? HeadChannels(UNetConfig config)
    {
        var deepest = config.ChannelMultipliers.Count - 1;
        var all = Levels(config).Where(config.HasAttention).Append(deepest)
            .Select(level => (Channels: config.LevelChannels(level), Down: config.HeadsOf(level, onTheWayUp: false), Up: config.HeadsOf(level, onTheWayUp: true)))
            .ToArray();
        if (all.All(attention => attention is { Down: 1, Up: 1 }))
            return 0;
        var channels = all.SelectMany(attention => (int[])[attention.Channels / attention.Down, attention.Channels / attention.Up]).Distinct().ToArray();
        return channels is [var same] ? same : null;
    }

    private static IEnumerable<int> Levels(UNetConfig config) => Enumerable.Range(0, config.ChannelMultipliers.Count);

    private static JsonArray Blocks(UNetConfig config, Func<int, string> name) => new([.. Levels(config).Select(level => (JsonNode)name(level))]);

    private static JsonArray Reversed(UNetConfig config, Func<int, string> name) =>
        new([.. Levels(config).Reverse().Select(level => (JsonNode)name(level))]);
}
