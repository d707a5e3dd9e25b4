using LdmMl.Torch.Models.UNets;
using Onnx;

namespace LdmMl.Torch.Onnx;

/// <summary>A U-Net as nodes of a graph: down through the levels, the middle, and up again with the skip connections.</summary>
/// <param name="graph">The graph, with the U-Net's weights.</param>
/// <param name="config">Its shape.</param>
internal sealed class UNetGraph(Graph graph, UNetConfig config)
{
    private readonly Stack<GraphValue> skips = new();

    private int Last => config.ChannelMultipliers.Count - 1;

    /// <summary>Declares inputs and outputs and adds all nodes between them.</summary>
    public void Build()
    {
        var sample = graph.Input("sample", TensorProto.Types.DataType.Float, "batch", config.InputChannels, "height", "width");
        var timestep = graph.Input("timestep", TensorProto.Types.DataType.Float, "steps");
        GraphValue? context = config.ContextDimension is { } width
            ? graph.Input("encoder_hidden_states", TensorProto.Types.DataType.Float, "batch", "tokens", width) : null;
        var embedding = new UNetEmbeddingGraph(graph, config).Embed(timestep, context);
        var blocks = new UNetBlockGraph(graph, config, embedding, context);
        var h = Up(blocks, Middle(blocks, Down(blocks, sample)));
        graph.Output("out_sample", Predict(h), "batch", config.CodebookSize ?? config.OutputChannels, "height", "width");
    }

    private GraphValue Down(UNetBlockGraph blocks, GraphValue sample)
    {
        var h = Keep(graph.Convolve(sample, "input_blocks.0.0", padding: 1));
        for (var (level, block) = (0, 1); level <= Last; level++)
        {
            for (var i = 0; i < config.ResidualBlocks; i++, block++)
                h = Keep(Stage(blocks, h, $"input_blocks.{block}", level, onTheWayUp: false));
            if (level < Last)
                h = Keep(blocks.Halve(h, $"input_blocks.{block++}.0"));
        }

        return h;
    }

    private GraphValue Middle(UNetBlockGraph blocks, GraphValue h)
    {
        h = blocks.Residual(h, "middle_block.0", MapResize.None);
        h = blocks.Attend(h, "middle_block.1", config.HeadsOf(Last, onTheWayUp: false), config.DepthOf(Last), seesContextOnly: false);
        return blocks.Residual(h, "middle_block.2", MapResize.None);
    }

    private GraphValue Up(UNetBlockGraph blocks, GraphValue h)
    {
        for (var (level, block) = (Last, 0); level >= 0; level--)
        {
            for (var i = 0; i <= config.ResidualBlocks; i++, block++)
            {
                h = Stage(blocks, graph.Join(1, h, skips.Pop()), $"output_blocks.{block}", level, onTheWayUp: true);
                if (level > 0 && i == config.ResidualBlocks)
                    h = blocks.Double(h, $"output_blocks.{block}.{(config.HasAttention(level) ? 2 : 1)}");
            }
        }

        return h;
    }

    private GraphValue Stage(UNetBlockGraph blocks, GraphValue h, string key, int level, bool onTheWayUp)
    {
        h = blocks.Residual(h, $"{key}.0", MapResize.None);
        return config.HasAttention(level)
            ? blocks.Attend(h, $"{key}.1", config.HeadsOf(level, onTheWayUp), config.DepthOf(level), config.CrossAttentionOnly?[level] ?? false)
            : h;
    }

    private GraphValue Predict(GraphValue h) => config.CodebookSize is null
        ? graph.Convolve(graph.Silu(graph.NormalizeGroups(h, "out.0", config.NormGroups, NormalizedConvolution.Epsilon)), "out.2", padding: 1)
        : graph.Convolve(graph.NormalizeGroups(h, "id_predictor.0", config.NormGroups, NormalizedConvolution.Epsilon), "id_predictor.1");

    private GraphValue Keep(GraphValue h)
    {
        skips.Push(h);
        return h;
    }
}
