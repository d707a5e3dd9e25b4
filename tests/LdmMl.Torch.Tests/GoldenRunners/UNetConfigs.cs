using System.Text.Json;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Reads the reference's hyper-parameters as JSON, so that a golden does not depend on the code that reads YAML.</summary>
internal static class UNetConfigs
{
    private const string Sequential = "sequential";              // num_classes of Stable Diffusion 2, with adm_in_channels

    public static UNetConfig Read(CaseSettings parameters)
    {
        parameters.Describes("image_size", "use_checkpoint");    // the reference stores the first, and saves memory in training with the second
        parameters.Expect("dims", 2);
        parameters.Expect("use_fp16", false);
        parameters.Expect("disable_middle_self_attn", false);
        parameters.Describes("disable_self_attentions", "num_attention_blocks");
        foreach (var key in new[] { "disable_self_attentions", "num_attention_blocks" }.Where(parameters.Has))
            throw parameters.Unsupported(key, "every residual block of a level has the same attention");
        var isTransformer = parameters.Flag("use_spatial_transformer", false);
        var vector = parameters.Kind("num_classes") == JsonValueKind.String;
        if (vector)
            parameters.Expect("num_classes", Sequential);
        return new UNetConfig
        {
            InputChannels = parameters.Int("in_channels"),
            OutputChannels = parameters.Int("out_channels"),
            BaseChannels = parameters.Int("model_channels"),
            ChannelMultipliers = parameters.OptionalInts("channel_mult") ?? [1, 2, 4, 8],
            ResidualBlocks = parameters.Int("num_res_blocks"),
            AttentionFactors = parameters.Ints("attention_resolutions"),
            Heads = Given(parameters, "num_heads") ?? 1,
            HeadChannels = Given(parameters, "num_head_channels"),
            UpsampleHeads = Given(parameters, "num_heads_upsample"),
            LegacyHeads = parameters.Flag("legacy", true),
            AttentionOrder = parameters.Flag("use_new_attention_order", false) ? AttentionOrder.ProjectionsFirst : AttentionOrder.HeadsFirst,
            ContextDimension = isTransformer ? Context(parameters) : null,
            TransformerDepth = parameters.Int("transformer_depth", 1),
            LinearProjections = parameters.Flag("use_linear_in_transformer", false),
            TimestepInjection = parameters.Flag("use_scale_shift_norm", false) ? TimestepInjection.ScaleAndShift : TimestepInjection.Shift,
            Resampling = Resampling(parameters),
            LabelCount = vector ? null : parameters.OptionalInt("num_classes"),
            VectorDimension = vector ? parameters.Int("adm_in_channels") : null,
            CodebookSize = parameters.OptionalInt("n_embed"),
            Dropout = parameters.Number("dropout", 0),
        };
    }

    // conv_resample concerns layers that resblock_updown replaces, so with the latter it is read but has no effect.
    private static UNetResampling Resampling(CaseSettings parameters)
    {
        var convolves = parameters.Flag("conv_resample", true);
        return parameters.Flag("resblock_updown", false) ? UNetResampling.ResidualBlock
            : convolves ? UNetResampling.Convolution : UNetResampling.Plain;
    }

    private static int Context(CaseSettings parameters) =>
        parameters.Kind("context_dim") == JsonValueKind.Array ? parameters.Ints("context_dim").Distinct().Single() : parameters.Int("context_dim");

    // -1 means none.
    private static int? Given(CaseSettings parameters, string key) => parameters.OptionalInt(key) is { } number and not -1 ? number : null;
}
