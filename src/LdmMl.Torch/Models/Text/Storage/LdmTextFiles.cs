using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Models.Text.Networks;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>
/// The <c>config.json</c> of diffusers' <c>LDMBertModel</c>, and the shape of latent diffusion's own text encoder, inferred from weights.
/// </summary>
internal static class LdmTextFiles
{
    /// <summary>The class name in its files.</summary>
    public const string ClassName = "LDMBertModel";

    private static readonly string[] Harmless =
    [
        "activation_dropout", "attention_dropout", "classifier_dropout", "dropout", "encoder_layerdrop", "init_std", "model_type", "torch_dtype",
        "dtype", "transformers_version", "use_cache", "pad_token_id", "architectures", "num_hidden_layers",
    ];

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="InvalidDataException">A value is missing, or describes something that this library does not support.</exception>
    public static LdmTextConfig Read(ConfigMap map)
    {
        map.Ignore(Harmless);
        if (map.Truth("scale_embedding") ?? false)
            throw map.Unsupported("scale_embedding", "false");
        if ((map.Text("activation_function") ?? "gelu") != "gelu")
            throw map.Unsupported("activation_function", "gelu");
        var config = new LdmTextConfig
        {
            VocabularySize = map.Integer("vocab_size") ?? 30522,
            Width = map.Integer("d_model") ?? 1280,
            FeedForwardWidth = map.Integer("encoder_ffn_dim") ?? 5120,
            Layers = map.Integer("encoder_layers") ?? 32,
            Heads = map.Integer("encoder_attention_heads") ?? LdmTextConfig.UsualHeads,
            HeadWidth = map.Integer("head_dim") ?? LdmTextConfig.UsualHeadWidth,
            Positions = map.Integer("max_position_embeddings") ?? 77,
        };
        map.RefuseUnread();
        return config;
    }

    /// <summary>Writes a configuration.</summary>
    public static void Write(Stream stream, LdmTextConfig config) => JsonFile.Write(stream, new JsonObject
    {
        ["architectures"] = new JsonArray(ClassName),
        ["model_type"] = "ldmbert",
        ["vocab_size"] = config.VocabularySize,
        ["d_model"] = config.Width,
        ["encoder_ffn_dim"] = config.FeedForwardWidth,
        ["encoder_layers"] = config.Layers,
        ["num_hidden_layers"] = config.Layers,
        ["encoder_attention_heads"] = config.Heads,
        ["head_dim"] = config.HeadWidth,
        ["max_position_embeddings"] = config.Positions,
        ["activation_function"] = "gelu",
        ["scale_embedding"] = false,
        ["pad_token_id"] = 0,
    });

    /// <summary>Infers the shape from weights with diffusers' keys.</summary>
    /// <exception cref="InvalidDataException">A weight that is needed is missing.</exception>
    public static LdmTextConfig Infer(StateDictionary weights)
    {
        long[] Shape(string key) => weights.TryGetValue(key, out var weight) && weight.dim() == 2
            ? weight.shape
            : throw new InvalidDataException($"it has no latent diffusion text encoder: '{key}' is missing or has the wrong shape.");

        var (tokens, places) = (Shape("model.embed_tokens.weight"), Shape("model.embed_positions.weight"));
        var inner = Shape("model.layers.0.self_attn.q_proj.weight")[0];
        ConfigMap.Require(inner % LdmTextConfig.UsualHeads == 0, $"its attention is {inner} wide, which cannot be divided into {LdmTextConfig.UsualHeads} heads.");
        return new LdmTextConfig
        {
            VocabularySize = (int)tokens[0],
            Width = (int)tokens[1],
            FeedForwardWidth = (int)Shape("model.layers.0.fc1.weight")[0],
            Layers = weights.Keys.Count(key => key.EndsWith(".self_attn_layer_norm.weight", StringComparison.Ordinal)),
            Heads = LdmTextConfig.UsualHeads,
            HeadWidth = (int)inner / LdmTextConfig.UsualHeads,
            Positions = (int)places[0],
        };
    }
}
