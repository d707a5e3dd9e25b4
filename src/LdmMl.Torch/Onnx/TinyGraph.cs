using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Onnx;

/// <summary>A tiny autoencoder as nodes of a graph; layers are numbered as in its files.</summary>
/// <param name="graph">The graph, with the autoencoder's weights.</param>
/// <param name="config">Its shape.</param>
internal sealed class TinyGraph(Graph graph, TinyAutoencoderConfig config)
{
    private const int Resizings = 3, BlocksOfSize = 3, PoolGroups = 4;
    private const double PoolEpsilon = 1e-5;

    private int layer;

    /// <summary>Encodes images [B, C, H, W] to latents [B, c, H/8, W/8].</summary>
    public GraphValue Encode(GraphValue images)
    {
        layer = 0;
        var h = Block(Convolve(images, "encoder"), "encoder");
        for (var halving = 0; halving < Resizings; halving++)
        {
            h = Convolve(h, "encoder", stride: 2);
            for (var i = 0; i < BlocksOfSize; i++)
                h = Block(h, "encoder");
        }

        return Convolve(h, "encoder");
    }

    /// <summary>Decodes latents [B, c, h, w] to images [B, C, 8h, 8w].</summary>
    public GraphValue Decode(GraphValue latents)
    {
        layer = 1;                                               // layer 0 limits the latents
        var limited = graph.Times(graph.Add("Tanh", [graph.Add("Div", [latents, graph.Constant([(float)TinyLatents.Magnitude])])]), TinyLatents.Magnitude);
        var h = graph.Relu(Convolve(limited, "decoder"));
        layer++;                                                 // the ReLU
        for (var doubling = 0; doubling < Resizings; doubling++)
        {
            for (var i = 0; i < BlocksOfSize; i++)
                h = Block(h, "decoder");
            layer++;                                             // the upsampling
            h = Convolve(graph.Double(h), "decoder");
        }

        return Convolve(Block(h, "decoder"), "decoder");
    }

    private GraphValue Convolve(GraphValue h, string stack, long stride = 1) => graph.Convolve(h, $"{stack}.{layer++}", stride, padding: 1);

    private GraphValue Block(GraphValue input, string stack)
    {
        var key = $"{stack}.{layer++}";
        input = config.MiddleNormalization && graph.Has($"{key}.pool.0.weight") ? graph.Plus(Pool(input, $"{key}.pool"), input) : input;
        var h = graph.Relu(graph.Convolve(input, $"{key}.conv.0", padding: 1));
        h = graph.Relu(graph.Convolve(h, $"{key}.conv.2", padding: 1));
        return graph.Relu(graph.Plus(graph.Convolve(h, $"{key}.conv.4", padding: 1), input));
    }

    private GraphValue Pool(GraphValue input, string key)
    {
        var wide = graph.NormalizeGroups(graph.Convolve(input, $"{key}.0"), $"{key}.1", PoolGroups, PoolEpsilon);
        return graph.Convolve(graph.Relu(wide), $"{key}.3");
    }
}
