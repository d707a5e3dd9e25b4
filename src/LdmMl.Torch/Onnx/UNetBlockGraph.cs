using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Onnx;

/// <summary>The blocks of a U-Net as nodes of a graph.</summary>
/// <param name="graph">The graph, with the U-Net's weights.</param>
/// <param name="config">The U-Net's shape.</param>
/// <param name="embedding">The embedding of time and label after its SiLU, [B or 1, 4 base].</param>
/// <param name="context">The context tokens [B, S, Cc]; null if the network has none.</param>
internal sealed class UNetBlockGraph(Graph graph, UNetConfig config, GraphValue embedding, GraphValue? context)
{
    /// <summary>A residual block; with a <see cref="MapResize"/> both paths are resized.</summary>
    public GraphValue Residual(GraphValue input, string key, MapResize resize)
    {
        var h = Resize(Activate(input, $"{key}.in_layers.0"), resize);
        h = Inject(graph.Convolve(h, $"{key}.in_layers.2", padding: 1), key);
        var shortcut = Resize(input, resize);
        shortcut = graph.Has($"{key}.skip_connection.weight") ? graph.Convolve(shortcut, $"{key}.skip_connection") : shortcut;
        return graph.Plus(graph.Convolve(h, $"{key}.out_layers.3", padding: 1), shortcut);
    }

    /// <summary>Downsamples by 2.</summary>
    public GraphValue Halve(GraphValue input, string key) => config.Resampling switch
    {
        UNetResampling.ResidualBlock => Residual(input, key, MapResize.Halve),
        UNetResampling.Convolution => graph.Convolve(input, $"{key}.op", stride: 2, padding: 1),
        _ => graph.Halve(input),
    };

    /// <summary>Upsamples by 2.</summary>
    public GraphValue Double(GraphValue input, string key) => config.Resampling switch
    {
        UNetResampling.ResidualBlock => Residual(input, key, MapResize.Double),
        UNetResampling.Convolution => graph.Convolve(graph.Double(input), $"{key}.conv", padding: 1),
        _ => graph.Double(input),
    };

    /// <summary>Self-attention of the pixels, and cross-attention if there is a context.</summary>
    public GraphValue Attend(GraphValue input, string key, int heads, int depth, bool seesContextOnly) =>
        context is null ? AttendPixels(input, key, heads) : Transform(input, key, heads, depth, seesContextOnly);

    private GraphValue Inject(GraphValue h, string key)
    {
        if (config.TimestepInjection == TimestepInjection.Shift)
            return Activate(graph.Plus(h, PerChannel(graph.Project(embedding, $"{key}.emb_layers.1"))), $"{key}.out_layers.0");
        var scale = PerChannel(graph.ProjectPart(embedding, $"{key}.emb_layers.1", part: 0, parts: 2));
        var offset = PerChannel(graph.ProjectPart(embedding, $"{key}.emb_layers.1", part: 1, parts: 2));
        var normal = graph.NormalizeGroups(h, $"{key}.out_layers.0", config.NormGroups, NormalizedConvolution.Epsilon);
        return graph.Silu(graph.Plus(graph.Times(normal, graph.Plus(scale, graph.Constant([1f]))), offset));
    }

    private GraphValue AttendPixels(GraphValue input, string key, int heads)
    {
        var h = graph.ToTokens(graph.NormalizeGroups(input, $"{key}.norm", config.NormGroups, NormalizedConvolution.Epsilon));
        var width = graph.ShapeOf($"{key}.qkv.weight")[1] / heads;
        GraphValue Part(int part, string name) => graph.Project(h, $"{key}.qkv", name, rows => Rows(rows, part, heads, width));
        var mixed = graph.Attend(Part(0, "q"), Part(1, "k"), Part(2, "v"), heads, width);
        return graph.Plus(input, graph.ToImages(graph.Project(mixed, $"{key}.proj_out"), input));
    }

    // Rows of the joint projection's weights [3C, Cin] or bias [3C] that compute queries, keys or values.
    private Tensor Rows(Tensor rows, int part, long heads, long width) => config.AttentionOrder == AttentionOrder.HeadsFirst
        ? rows.unflatten(0, [heads, 3, width]).select(1, part).flatten(0, 1)
        : rows.chunk(3, dim: 0)[part];

    private GraphValue Transform(GraphValue input, string key, int heads, int depth, bool seesContextOnly)
    {
        var normal = graph.NormalizeGroups(input, $"{key}.norm", config.NormGroups, GroupNormalization.AutoencoderEpsilon);
        var h = graph.Project(graph.ToTokens(normal), $"{key}.proj_in");
        for (var i = 0; i < depth; i++)
            h = Block(h, $"{key}.transformer_blocks.{i}", heads, seesContextOnly);
        return graph.Plus(graph.ToImages(graph.Project(h, $"{key}.proj_out"), input), input);
    }

    private GraphValue Block(GraphValue h, string key, int heads, bool seesContextOnly)
    {
        var own = graph.NormalizeTokens(h, $"{key}.norm1");
        h = graph.Plus(Cross(own, seesContextOnly ? context!.Value : own, $"{key}.attn1", heads), h);
        h = graph.Plus(Cross(graph.NormalizeTokens(h, $"{key}.norm2"), context!.Value, $"{key}.attn2", heads), h);
        return graph.Plus(FeedForward(graph.NormalizeTokens(h, $"{key}.norm3"), $"{key}.ff.net"), h);
    }

    private GraphValue Cross(GraphValue tokens, GraphValue others, string key, int heads)
    {
        var mixed = graph.Attend(
            graph.Project(tokens, $"{key}.to_q"), graph.Project(others, $"{key}.to_k"), graph.Project(others, $"{key}.to_v"),
            heads, graph.ShapeOf($"{key}.to_q.weight")[0] / heads);
        return graph.Project(mixed, $"{key}.to_out.0");
    }

    private GraphValue FeedForward(GraphValue tokens, string key)
    {
        var gate = graph.Add("Gelu", [graph.ProjectPart(tokens, $"{key}.0.proj", part: 1, parts: 2)]);
        return graph.Project(graph.Times(gate, graph.ProjectPart(tokens, $"{key}.0.proj", part: 0, parts: 2)), $"{key}.2");
    }

    private GraphValue Resize(GraphValue images, MapResize resize) => resize switch
    {
        MapResize.Halve => graph.Halve(images),
        MapResize.Double => graph.Double(images),
        _ => images,
    };

    private GraphValue PerChannel(GraphValue rows) => graph.Reshape(rows, 0, 0, 1, 1);   // [B, C] -> [B, C, 1, 1]

    private GraphValue Activate(GraphValue h, string key) =>
        graph.Silu(graph.NormalizeGroups(h, key, config.NormGroups, NormalizedConvolution.Epsilon));
}
