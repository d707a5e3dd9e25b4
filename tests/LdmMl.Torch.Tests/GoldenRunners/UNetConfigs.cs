using System.Text.Json.Nodes;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Reads the reference's hyper-parameters as JSON, so that a golden does not pass through the code that reads YAML.</summary>
internal static class UNetConfigs
{
    public static UNetConfig Read(JsonNode parameters) => new()
    {
        InputChannels = parameters["in_channels"]!.GetValue<int>(),
        OutputChannels = parameters["out_channels"]!.GetValue<int>(),
        BaseChannels = parameters["model_channels"]!.GetValue<int>(),
        ChannelMultipliers = List(parameters["channel_mult"]) ?? [1, 2, 4, 8],
        ResidualBlocks = parameters["num_res_blocks"]!.GetValue<int>(),
        AttentionFactors = List(parameters["attention_resolutions"])!,
        Heads = Int(parameters["num_heads"]) ?? 1,
        HeadChannels = Int(parameters["num_head_channels"]),
        UpsampleHeads = Int(parameters["num_heads_upsample"]),
        LegacyHeads = Flag(parameters["legacy"], true),
        AttentionOrder = Flag(parameters["use_new_attention_order"], false) ? AttentionOrder.ProjectionsFirst : AttentionOrder.HeadsFirst,
        ContextDimension = Int(parameters["context_dim"]),
        TransformerDepth = Int(parameters["transformer_depth"]) ?? 1,
        LinearProjections = Flag(parameters["use_linear_in_transformer"], false),
        TimestepInjection = Flag(parameters["use_scale_shift_norm"], false) ? TimestepInjection.ScaleAndShift : TimestepInjection.Shift,
        Resampling = Flag(parameters["resblock_updown"], false) ? UNetResampling.ResidualBlock
            : Flag(parameters["conv_resample"], true) ? UNetResampling.Convolution : UNetResampling.Plain,
        LabelCount = Int(parameters["num_classes"]),
        CodebookSize = Int(parameters["n_embed"]),
    };

    private static int? Int(JsonNode? value) => value?.GetValue<int>() is { } number and not -1 ? number : null;

    private static bool Flag(JsonNode? value, bool otherwise) => value?.GetValue<bool>() ?? otherwise;

    private static int[]? List(JsonNode? value) => value is null ? null : [.. value.AsArray().Select(item => item!.GetValue<int>())];
}
