using LdmMl.Torch.Models.UNets;
using Onnx;

namespace LdmMl.Torch.Onnx;

/// <summary>The embedding of time, label or vector that all blocks of a U-Net share, as nodes of a graph.</summary>
/// <param name="graph">The graph, with the U-Net's weights.</param>
/// <param name="config">Its shape.</param>
internal sealed class UNetEmbeddingGraph(Graph graph, UNetConfig config)
{
    private const int Sizes = 6;                                 // height and width of the original, top and left of the crop, height and width of the target

    /// <summary>Declares the inputs for label and vector, and adds the nodes up to the SiLU.</summary>
    /// <param name="timestep">The time steps, [B or 1].</param>
    /// <param name="context">The context tokens [B, T, Cc]; null if the network has none.</param>
    /// <returns>The embedding, [B or 1, 4 base].</returns>
    public GraphValue Embed(GraphValue timestep, GraphValue? context)
    {
        var embedding = Layers(Sinusoids(timestep, config.BaseChannels), "time_embed");
        if (config.LabelCount is not null)
            embedding = graph.Plus(embedding, graph.Add("Gather", [graph.Weight("label_emb.weight"), Labels()], ("axis", 0L)));
        else if (config.VectorDimension is { } width)
            embedding = graph.Plus(embedding, Layers(Vectors(width), "label_emb.0"));
        if (config.ContextPoolingHeads is { } heads)
            embedding = graph.Plus(embedding, Pool(context!.Value, heads));
        return graph.Silu(embedding);
    }

    private GraphValue Pool(GraphValue context, int heads)       // [B, T, Cc] -> [B, 4 base]
    {
        const string Key = "add_embedding", Pooling = $"{Key}.pool";
        var tokens = graph.NormalizeTokens(context, $"{Key}.norm1");
        var mean = graph.Add("ReduceMean", [tokens, graph.Integers([1])], ("keepdims", 1L));
        mean = graph.Plus(mean, graph.Weight($"{Pooling}.positional_embedding"));
        var all = graph.Join(1, mean, tokens);
        var pooled = graph.Attend(
            graph.Project(mean, $"{Pooling}.q_proj"), graph.Project(all, $"{Pooling}.k_proj"), graph.Project(all, $"{Pooling}.v_proj"),
            heads, config.ContextDimension!.Value / heads);
        var projected = graph.Project(graph.Reshape(pooled, 0, config.ContextDimension!.Value), $"{Key}.proj");
        return graph.NormalizeTokens(projected, $"{Key}.norm2");
    }

    private GraphValue Labels() => graph.Input("class_labels", TensorProto.Types.DataType.Int64, "batch");

    private GraphValue Vectors(long width)
    {
        if (config.SizeDimension is not { } each)
            return graph.Input("vectors", TensorProto.Types.DataType.Float, "batch", width);
        var texts = graph.Input("text_embeds", TensorProto.Types.DataType.Float, "batch", width - (Sizes * each));
        var sizes = graph.Input("time_ids", TensorProto.Types.DataType.Float, "batch", Sizes);
        return graph.Join(1, texts, graph.Reshape(Sinusoids(sizes, each), -1, Sizes * each));
    }

    // Cosines first, then sines; an odd width ends with a zero.
    private GraphValue Sinusoids(GraphValue times, int channels)   // [N] -> [N, channels]
    {
        var frequencies = TimestepSinusoids.Frequencies(channels / 2, (float)-Math.Log(TimestepSinusoids.LongestPeriod));
        var column = graph.Reshape(times, -1, 1);
        var angles = graph.Times(column, graph.Constant(frequencies, 1, frequencies.Length));
        var waves = graph.Join(1, graph.Add("Cos", [angles]), graph.Add("Sin", [angles]));
        return channels % 2 == 0 ? waves : graph.Join(1, waves, graph.Add("Sub", [column, column]));
    }

    private GraphValue Layers(GraphValue input, string key) => graph.Project(graph.Silu(graph.Project(input, $"{key}.0")), $"{key}.2");
}
