using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using Onnx;

namespace LdmMl.Torch.Onnx;

/// <summary>A text encoder as nodes of a graph.</summary>
/// <param name="graph">The graph, with the encoder's weights.</param>
/// <param name="part">The encoder, and which of its states are the context.</param>
internal sealed class TextGraph(Graph graph, TextPart part)
{
    private const double LdmEpsilon = 1e-5;

    private TextNetworkConfig Config => part.Config;

    /// <summary>Declares inputs and outputs and adds all nodes between them.</summary>
    public void Build()
    {
        var ids = graph.Input("input_ids", TensorProto.Types.DataType.Int32, "batch", "tokens");
        var states = Config is ClipTextConfig clip ? ClipStates(clip, ids) : LdmStates((LdmTextConfig)Config, ids);
        var chosen = states[states.Count - 1 - part.Rule.SkippedLayers];
        var context = part.Rule.Normalized ? Normalize(chosen) : chosen;
        graph.Output(ContextName, context, "batch", "tokens", Config.Width);
        graph.Metadata["context_output"] = ContextName;
        if (Config is ClipTextConfig pooling)
            Pool(pooling, part.Rule == ContextRule.Last ? context : Normalize(states[^1]), ids);
    }

    // The names that exporters use for transformers' models: a state that is not normalised is one of the hidden states.
    private string ContextName => part.Rule.Normalized ? "last_hidden_state" : $"hidden_states.{Config.Layers - part.Rule.SkippedLayers}";

    private List<GraphValue> ClipStates(ClipTextConfig clip, GraphValue ids)
    {
        var mask = CausalMask(ids);
        List<GraphValue> states = [Embed(ids, "text_model.embeddings.token_embedding.weight", "text_model.embeddings.position_embedding.weight")];
        for (var layer = 0; layer < clip.Layers; layer++)
            states.Add(ClipLayer(states[^1], $"text_model.encoder.layers.{layer}", mask, clip.Epsilon));
        return states;
    }

    private List<GraphValue> LdmStates(LdmTextConfig own, GraphValue ids)
    {
        List<GraphValue> states = [Embed(ids, "model.embed_tokens.weight", "model.embed_positions.weight")];
        for (var layer = 0; layer < own.Layers; layer++)
            states.Add(LdmLayer(states[^1], $"model.layers.{layer}"));
        return states;
    }

    private GraphValue Normalize(GraphValue states) => Config is ClipTextConfig clip
        ? graph.NormalizeTokens(states, "text_model.final_layer_norm", clip.Epsilon)
        : graph.NormalizeTokens(states, "model.layer_norm", LdmEpsilon);

    private GraphValue Embed(GraphValue ids, string tokens, string positions)   // [B, T] -> [B, T, C]
    {
        var rows = graph.Add("Slice", [graph.Weight(positions), graph.Integers(0), Length(ids), graph.Integers(0)]);
        return graph.Plus(graph.Add("Gather", [graph.Weight(tokens), ids], ("axis", 0L)), rows);
    }

    private GraphValue ClipLayer(GraphValue h, string key, GraphValue mask, double epsilon)
    {
        h = graph.Plus(h, Attend(graph.NormalizeTokens(h, $"{key}.layer_norm1", epsilon), $"{key}.self_attn", mask));
        var wide = graph.Project(graph.NormalizeTokens(h, $"{key}.layer_norm2", epsilon), $"{key}.mlp.fc1");
        return graph.Plus(h, graph.Project(Activate(wide), $"{key}.mlp.fc2"));
    }

    private GraphValue LdmLayer(GraphValue h, string key)
    {
        h = graph.Plus(h, Attend(graph.NormalizeTokens(h, $"{key}.self_attn_layer_norm", LdmEpsilon), $"{key}.self_attn", mask: null));
        var wide = graph.Project(graph.NormalizeTokens(h, $"{key}.final_layer_norm", LdmEpsilon), $"{key}.fc1");
        return graph.Plus(h, graph.Project(Activate(wide), $"{key}.fc2"));
    }

    private GraphValue Attend(GraphValue h, string key, GraphValue? mask)
    {
        var mixed = graph.Attend(
            graph.Project(h, $"{key}.q_proj"), graph.Project(h, $"{key}.k_proj"), graph.Project(h, $"{key}.v_proj"),
            Config.Heads, Config.AttentionWidth / Config.Heads, mask);
        return graph.Project(mixed, $"{key}.out_proj");
    }

    private GraphValue Activate(GraphValue h) => Config.Activation == TextActivation.Gelu
        ? graph.Add("Gelu", [h])
        : graph.Times(h, graph.Add("Sigmoid", [graph.Times(h, 1.702)]));

    // A token attends to itself and to those before it, except to masked padding.
    private GraphValue CausalMask(GraphValue ids)                // -> [1 or B, 1, T, T]
    {
        var whole = new float[Config.Positions * Config.Positions];
        for (var row = 0; row < Config.Positions; row++)
            whole.AsSpan((row * Config.Positions) + row + 1, Config.Positions - row - 1).Fill(float.NegativeInfinity);
        var length = Length(ids);
        var later = graph.Constant(whole, 1, 1, Config.Positions, Config.Positions);
        var mask = graph.Add("Slice", [later, graph.Integers(0, 0), graph.Join(0, length, length), graph.Integers(2, 3)]);
        if (!part.UsesMask)
            return mask;
        var kept = graph.Input("attention_mask", TensorProto.Types.DataType.Int32, "batch", "tokens");
        var isText = graph.Add("Cast", [graph.Reshape(kept, 0, 1, 1, -1)], ("to", (long)TensorProto.Types.DataType.Bool));
        return graph.Add("Where", [isText, mask, graph.Constant([float.NegativeInfinity])]);
    }

    private GraphValue Length(GraphValue ids) => graph.Add("Shape", [ids], ("start", 1L), ("end", 2L));

    private void Pool(ClipTextConfig clip, GraphValue normalized, GraphValue ids)
    {
        var marks = clip.EndToken == ClipTextConfig.LegacyEndToken ? ids : EndMarks(ids, clip.EndToken);
        var end = graph.Add("ArgMax", [marks], ("axis", 1L), ("keepdims", 1L));                                 // [B, 1]
        var pooled = graph.Add("GatherND", [normalized, end], ("batch_dims", 1L));                              // [B, C]
        if (clip.ProjectionWidth is { } width)
            graph.Output("text_embeds", graph.Project(pooled, "text_projection"), "batch", width);
        else
            graph.Output("pooler_output", pooled, "batch", clip.Width);
    }

    private GraphValue EndMarks(GraphValue ids, long endToken)
    {
        var wide = graph.Add("Cast", [ids], ("to", (long)TensorProto.Types.DataType.Int64));
        return graph.Add("Cast", [graph.Add("Equal", [wide, graph.Integers(endToken)])], ("to", (long)TensorProto.Types.DataType.Int32));
    }
}
