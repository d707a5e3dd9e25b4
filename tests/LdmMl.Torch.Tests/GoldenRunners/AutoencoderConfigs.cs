using System.Text.Json.Nodes;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Reads the reference's hyper-parameters as JSON, so that a golden does not pass through the code that reads YAML.</summary>
internal static class AutoencoderConfigs
{
    public static KlAutoencoderConfig Kl(JsonNode parameters) => new()
    {
        BaseChannels = Int(parameters, "ch"),
        ChannelMultipliers = List(parameters, "ch_mult"),
        LatentChannels = parameters["embed_dim"]!.GetValue<int>(),
        BottleneckChannels = Int(parameters, "z_channels"),
        ImageChannels = Int(parameters, "in_channels"),
        ResidualBlocks = Int(parameters, "num_res_blocks"),
        Resolution = Int(parameters, "resolution"),
        AttentionResolutions = Attends(parameters) ? List(parameters, "attn_resolutions") : [],
        MiddleAttention = Attends(parameters),
        ResampleWithConvolution = Flag(parameters, "resamp_with_conv", true),
        TanhOutput = Flag(parameters, "tanh_out", false),
    };

    public static VqAutoencoderConfig Vq(JsonNode parameters, JsonNode quantizer, int usedEntries) => new()
    {
        BaseChannels = Int(parameters, "ch"),
        ChannelMultipliers = List(parameters, "ch_mult"),
        LatentChannels = parameters["embed_dim"]!.GetValue<int>(),
        BottleneckChannels = Int(parameters, "z_channels"),
        ImageChannels = Int(parameters, "in_channels"),
        ResidualBlocks = Int(parameters, "num_res_blocks"),
        Resolution = Int(parameters, "resolution"),
        AttentionResolutions = Attends(parameters) ? List(parameters, "attn_resolutions") : [],
        MiddleAttention = Attends(parameters),
        ResampleWithConvolution = Flag(parameters, "resamp_with_conv", true),
        TanhOutput = Flag(parameters, "tanh_out", false),
        CodebookSize = parameters["n_embed"]!.GetValue<int>(),
        CommitmentWeight = quantizer["beta"]!.GetValue<double>(),
        LegacyCommitment = quantizer["legacy"]!.GetValue<bool>(),
        SpatialIndices = parameters["sane_index_shape"]?.GetValue<bool>() ?? false,
        UsedEntries = usedEntries,
        UnknownIndexPolicy = Policy(quantizer["unknown_index"]),
        UnknownIndex = quantizer["unknown_index"] is JsonValue value && value.TryGetValue<int>(out var index) ? index : 0,
    };

    private static UnknownIndexPolicy Policy(JsonNode? unknown) => unknown switch
    {
        JsonValue value when value.TryGetValue<int>(out _) => UnknownIndexPolicy.Fixed,
        JsonValue value when value.TryGetValue<string>(out var name) && name == "extra" => UnknownIndexPolicy.Extra,
        _ => UnknownIndexPolicy.Random,
    };

    private static JsonNode Network(JsonNode parameters) => parameters["ddconfig"]!;

    private static int Int(JsonNode parameters, string key) => Network(parameters)[key]!.GetValue<int>();

    private static bool Flag(JsonNode parameters, string key, bool otherwise) => Network(parameters)[key]?.GetValue<bool>() ?? otherwise;

    private static bool Attends(JsonNode parameters) => Network(parameters)["attn_type"]?.GetValue<string>() != "none";

    private static int[] List(JsonNode parameters, string key) => [.. Network(parameters)[key]!.AsArray().Select(item => item!.GetValue<int>())];
}
