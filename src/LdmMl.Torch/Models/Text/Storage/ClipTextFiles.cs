using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Models.Text.Networks;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>The <c>config.json</c> of CLIP's text encoders, as transformers writes it, and the shape that can be inferred from weights.</summary>
internal static class ClipTextFiles
{
    /// <summary>The class without a projection.</summary>
    public const string ClassName = "CLIPTextModel";

    /// <summary>The class with one.</summary>
    public const string ProjectedClassName = "CLIPTextModelWithProjection";

    // In every published encoder.
    private const int HeadWidth = 64;

    private const string TokenTable = "text_model.embeddings.token_embedding.weight";
    private const string PlaceTable = "text_model.embeddings.position_embedding.weight";
    private const string Widening = "text_model.encoder.layers.0.mlp.fc1.weight";
    private const string Projection = "text_projection.weight";

    // These matter to training only, or this library supports a single value whatever they say.
    private static readonly string[] Harmless =
    [
        "attention_dropout", "dropout", "initializer_factor", "initializer_range", "model_type", "torch_dtype", "dtype", "transformers_version",
        "bos_token_id", "pad_token_id", "gradient_checkpointing", "architectures", "use_cache",
    ];

    /// <summary>Returns the class name that is written to the files of a network.</summary>
    public static string ClassOf(ClipTextConfig config) => config.ProjectionWidth is null ? ClassName : ProjectedClassName;

    /// <summary>Reads a configuration.</summary>
    /// <param name="map">The content.</param>
    /// <param name="hasProjection">Whether the weights have a projection; null to go by the class that the file names.</param>
    /// <exception cref="InvalidDataException">A value is missing, or describes something that this library does not support.</exception>
    public static ClipTextConfig Read(ConfigMap map, bool? hasProjection = null)
    {
        var projects = hasProjection ?? map.Texts("architectures")?.Contains(ProjectedClassName, StringComparer.Ordinal) ?? false;
        map.Ignore(Harmless);
        map.Ignore("use_attention_mask");
        var config = new ClipTextConfig
        {
            VocabularySize = map.Integer("vocab_size") ?? 49408,
            Width = map.Integer("hidden_size") ?? 512,
            FeedForwardWidth = map.Integer("intermediate_size") ?? 2048,
            Layers = map.Integer("num_hidden_layers") ?? 12,
            Heads = map.Integer("num_attention_heads") ?? 8,
            Positions = map.Integer("max_position_embeddings") ?? 77,
            Activation = (map.Text("hidden_act") ?? "quick_gelu") switch
            {
                "quick_gelu" => TextActivation.QuickGelu,
                "gelu" => TextActivation.Gelu,
                _ => throw map.Unsupported("hidden_act", "quick_gelu and gelu"),
            },
            Epsilon = map.Number("layer_norm_eps") ?? 1e-5,
            ProjectionWidth = (map.Integer("projection_dim") ?? 512) is var width && projects ? width : null,
            EndToken = map.Integer("eos_token_id") ?? 49407,
        };
        map.RefuseUnread();
        return config;
    }

    /// <summary>Returns whether padding is masked: only if <c>use_attention_mask</c> is true, which hardly any published model sets.</summary>
    public static bool UsesMask(ConfigMap map) => map.Truth("use_attention_mask") ?? false;

    /// <summary>Writes a configuration.</summary>
    public static void Write(Stream stream, ClipTextConfig config, bool usesMask)
    {
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(ClassOf(config)),
            ["model_type"] = "clip_text_model",
            ["vocab_size"] = config.VocabularySize,
            ["hidden_size"] = config.Width,
            ["intermediate_size"] = config.FeedForwardWidth,
            ["num_hidden_layers"] = config.Layers,
            ["num_attention_heads"] = config.Heads,
            ["max_position_embeddings"] = config.Positions,
            ["hidden_act"] = config.Activation == TextActivation.Gelu ? "gelu" : "quick_gelu",
            ["layer_norm_eps"] = config.Epsilon,
            ["projection_dim"] = config.ProjectionWidth ?? config.Width,
            ["eos_token_id"] = config.EndToken,
        };
        if (usesMask)
            json["use_attention_mask"] = true;
        JsonFile.Write(stream, json);
    }

    /// <summary>Infers the shape from weights, for single files without YAML.</summary>
    /// <param name="weights">Weights with the keys of transformers.</param>
    /// <param name="activation">The nonlinearity, which weights do not show.</param>
    /// <exception cref="InvalidDataException">A weight that is needed is missing, or the number of heads cannot be inferred.</exception>
    public static ClipTextConfig Infer(StateDictionary weights, TextActivation activation)
    {
        var (tokens, places, wide) = (Shape(weights, TokenTable), Shape(weights, PlaceTable), Shape(weights, Widening));
        var width = (int)tokens[1];
        ConfigMap.Require(
            width % HeadWidth == 0,
            $"its text encoder is {width} wide, which is not a multiple of {HeadWidth}, the usual width of a head; give the encoder's config.json.");
        return new ClipTextConfig
        {
            VocabularySize = (int)tokens[0],
            Width = width,
            FeedForwardWidth = (int)wide[0],
            Layers = LayersOf(weights),
            Heads = width / HeadWidth,
            Positions = (int)places[0],
            Activation = activation,
            ProjectionWidth = weights.TryGetValue(Projection, out var projection) ? (int)projection.shape[0] : null,
        };
    }

    private static int LayersOf(StateDictionary weights) => weights.Keys
        .Select(key => key.Split('.'))
        .Count(parts => parts is ["text_model", "encoder", "layers", _, "layer_norm1", "weight"]);

    private static long[] Shape(StateDictionary weights, string key) => weights.TryGetValue(key, out var weight) && weight.dim() == 2
        ? weight.shape
        : throw new InvalidDataException($"it has no CLIP text encoder: '{key}' is missing or has the wrong shape.");
}
