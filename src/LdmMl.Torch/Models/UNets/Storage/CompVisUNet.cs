using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Models.UNets.Storage;

/// <summary>
/// A U-Net's config in CompVis' form: the mapping <c>unet_config</c> of a YAML, or a <c>config.json</c> with the same keys, for what diffusers'
/// classes cannot represent.
/// </summary>
internal static class CompVisUNet
{
    /// <summary>The Python class.</summary>
    public const string ClassName = "UNetModel";

    private const string Vector = "sequential";

    // Not in a YAML, where normalisations have 32 groups and the number of heads follows from the other keys.
    private const string NormGroups = "_ldmml_norm_groups";
    private const string LevelHeads = "_ldmml_level_heads";
    private const string LevelWidths = "_ldmml_level_widths";
    private const string CrossAttentionOnly = "disable_self_attentions";
    private const string SizeDimension = "_ldmml_size_dimension";
    private const string ContextPoolingHeads = "_ldmml_context_pooling_heads";

    /// <summary>Reads the mapping of a YAML, which names its class.</summary>
    /// <exception cref="InvalidDataException">It lacks something, or describes something that this library does not have.</exception>
    public static UNetConfig Read(ConfigMap unet)
    {
        var target = unet.NeededText("target");
        if (target.Split('.')[^1] != ClassName)
            throw new InvalidDataException($"its U-Net is a '{target}'; supported is {ClassName}.");
        return ReadParameters(unet.NeededMap("params"));
    }

    /// <summary>Reads its parameters.</summary>
    /// <exception cref="InvalidDataException">One is missing, or describes something that this library does not have.</exception>
    public static UNetConfig ReadParameters(ConfigMap map)
    {
        if ((map.Integer("dims") ?? 2) != 2)
            throw new InvalidDataException($"its U-Net has {map.Integer("dims")} dimensions ('dims'); supported are 2.");
        var (heads, headChannels) = (map.Integer("num_heads") ?? -1, map.Integer("num_head_channels") ?? -1);
        var levelHeads = map.Integers(LevelHeads);
        ConfigMap.Require(heads > 0 || headChannels > 0 || levelHeads is not null, "it needs 'num_heads' or 'num_head_channels', and has neither.");
        var config = new UNetConfig
        {
            InputChannels = map.NeededInteger("in_channels"),
            OutputChannels = map.NeededInteger("out_channels"),
            BaseChannels = map.NeededInteger("model_channels"),
            ChannelMultipliers = map.Integers("channel_mult") ?? [1, 2, 4, 8],
            ResidualBlocks = map.NeededInteger("num_res_blocks"),
            AttentionFactors = map.NeededIntegers("attention_resolutions"),
            Heads = heads > 0 ? heads : 1,
            HeadChannels = headChannels > 0 ? headChannels : null,
            UpsampleHeads = map.Integer("num_heads_upsample") is > 0 and var up ? up : null,
            LevelHeads = levelHeads,
            LevelWidths = map.Integers(LevelWidths),
            CrossAttentionOnly = map.Truths(CrossAttentionOnly) is { } alone && alone.Contains(true) ? alone : null,
            LegacyHeads = map.Truth("legacy") ?? true,
            AttentionOrder = map.Truth("use_new_attention_order") ?? false ? AttentionOrder.ProjectionsFirst : AttentionOrder.HeadsFirst,
            TimestepInjection = map.Truth("use_scale_shift_norm") ?? false ? TimestepInjection.ScaleAndShift : TimestepInjection.Shift,
            Resampling = ResamplingOf(map),
            CodebookSize = map.Integer("n_embed"),
            Dropout = map.Number("dropout") ?? 0,
            NormGroups = map.Integer(NormGroups) ?? 32,
        };
        config = WithLabels(WithContext(config, map), map);
        // These affect how the same results are computed.
        map.Ignore("image_size", "sample_size", "use_checkpoint", "use_fp16", "use_bf16", "spatial_transformer_attn_type");
        map.RefuseUnread();
        return config;
    }

    /// <summary>Returns the parameters of a config under CompVis' names.</summary>
    public static JsonObject Write(UNetConfig config)
    {
        var json = new JsonObject
        {
            ["in_channels"] = config.InputChannels,
            ["out_channels"] = config.OutputChannels,
            ["model_channels"] = config.BaseChannels,
            ["channel_mult"] = Array(config.ChannelMultipliers),
            ["num_res_blocks"] = config.ResidualBlocks,
            ["attention_resolutions"] = Array(config.AttentionFactors),
            ["num_heads"] = config.Heads,
            ["num_head_channels"] = config.HeadChannels ?? -1,
            ["num_heads_upsample"] = config.UpsampleHeads ?? -1,
            ["legacy"] = config.LegacyHeads,
            ["use_new_attention_order"] = config.AttentionOrder == AttentionOrder.ProjectionsFirst,
            ["use_spatial_transformer"] = config.ContextDimension is not null,
            ["use_linear_in_transformer"] = config.LinearProjections,
            ["transformer_depth"] = config.LevelTransformerDepths is { } depths ? Array(depths) : config.TransformerDepth,
            ["use_scale_shift_norm"] = config.TimestepInjection == TimestepInjection.ScaleAndShift,
            ["resblock_updown"] = config.Resampling == UNetResampling.ResidualBlock,
            ["conv_resample"] = config.Resampling != UNetResampling.Plain,
            ["dropout"] = config.Dropout,
            [NormGroups] = config.NormGroups,
        };
        Add("context_dim", config.ContextDimension);
        Add("num_classes", config.VectorDimension is not null ? Vector : (JsonNode?)config.LabelCount);
        Add("adm_in_channels", config.VectorDimension);
        Add(LevelWidths, config.LevelWidths is null ? null : Array(config.LevelWidths));
        Add(CrossAttentionOnly, config.CrossAttentionOnly is null ? null : new JsonArray([.. config.CrossAttentionOnly.Select(value => (JsonNode)value)]));
        Add(SizeDimension, config.SizeDimension);
        Add(ContextPoolingHeads, config.ContextPoolingHeads);
        Add("n_embed", config.CodebookSize);
        Add(LevelHeads, config.LevelHeads is null ? null : Array(config.LevelHeads));
        return json;

        void Add(string key, JsonNode? value)
        {
            if (value is not null)
                json[key] = value;
        }
    }

    private static UNetConfig WithContext(UNetConfig config, ConfigMap map)
    {
        var dimension = map.Integer("context_dim");
        ConfigMap.Require(
            (map.Truth("use_spatial_transformer") ?? false) == dimension is not null,
            "'use_spatial_transformer' and 'context_dim' belong together, and it has only one of them.");
        var depths = map.Integers("transformer_depth") ?? [1];
        return config with
        {
            ContextDimension = dimension,
            TransformerDepth = depths is [var same] ? same : 1,
            LevelTransformerDepths = depths.Length == 1 ? null : depths,
            LinearProjections = map.Truth("use_linear_in_transformer") ?? false,
            ContextPoolingHeads = map.Integer(ContextPoolingHeads),
        };
    }

    private static UNetConfig WithLabels(UNetConfig config, ConfigMap map)
    {
        var vector = map.Integer("adm_in_channels");
        var classes = map.Scalar("num_classes");
        if (classes is null)
            return config;
        if (classes != Vector)
        {
            return config with
            {
                LabelCount = map.Integer("num_classes") is > 0 and var count ? count : throw map.Unsupported("num_classes", $"a number or {Vector}"),
            };
        }

        return config with
        {
            SizeDimension = map.Integer(SizeDimension),
            VectorDimension = vector ?? throw new InvalidDataException($"its 'num_classes' is {Vector}, which needs 'adm_in_channels'."),
        };
    }

    private static UNetResampling ResamplingOf(ConfigMap map)
    {
        var (isResidual, isConvolution) = (map.Truth("resblock_updown") ?? false, map.Truth("conv_resample") ?? true);
        return isResidual ? UNetResampling.ResidualBlock : isConvolution ? UNetResampling.Convolution : UNetResampling.Plain;
    }

    private static JsonArray Array(IEnumerable<int> values) => new([.. values.Select(value => (JsonNode)value)]);
}
