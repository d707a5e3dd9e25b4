using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Onnx;

/// <summary>The residual encoder and decoder of the KL and VQ autoencoders as nodes of a graph.</summary>
/// <param name="graph">The graph, with the autoencoder's weights.</param>
/// <param name="config">The autoencoder's shape.</param>
internal sealed class ConvolutionalGraph(Graph graph, ConvolutionalAutoencoderConfig config)
{
    private const double Epsilon = GroupNormalization.AutoencoderEpsilon;

    private int Levels => config.ChannelMultipliers.Count;

    /// <summary>Encodes images [B, C, H, W]: to moments [B, 2c, h, w] for KL, to latents [B, c, h, w] for VQ.</summary>
    public GraphValue Encode(GraphValue images)
    {
        var h = graph.Convolve(images, "encoder.conv_in", padding: 1);
        for (var level = 0; level < Levels; level++)
        {
            h = Blocks(h, $"encoder.down.{level}", config.ResidualBlocks);
            if (level < Levels - 1)
                h = Halve(h, $"encoder.down.{level}.downsample.conv");
        }

        h = Finish(Middle(h, "encoder.mid"), "encoder");
        return config.LatentConvolutions ? graph.Convolve(h, "quant_conv") : h;
    }

    /// <summary>Decodes latents [B, c, h, w] to images [B, C, H, W].</summary>
    public GraphValue Decode(GraphValue latents)
    {
        var h = config.LatentConvolutions ? graph.Convolve(latents, "post_quant_conv") : latents;
        h = Middle(graph.Convolve(h, "decoder.conv_in", padding: 1), "decoder.mid");
        for (var level = Levels - 1; level >= 0; level--)
        {
            h = Blocks(h, $"decoder.up.{level}", config.ResidualBlocks + 1);
            if (level > 0)
                h = Double(h, $"decoder.up.{level}.upsample.conv");
        }

        h = Finish(h, "decoder");
        return config.TanhOutput ? graph.Add("Tanh", [h]) : h;
    }

    private GraphValue Middle(GraphValue h, string key)
    {
        h = Residual(h, $"{key}.block_1");
        h = config.MiddleAttention ? Attend(h, $"{key}.attn_1") : h;
        return Residual(h, $"{key}.block_2");
    }

    private GraphValue Blocks(GraphValue h, string key, int count)
    {
        for (var i = 0; i < count; i++)
        {
            h = Residual(h, $"{key}.block.{i}");
            h = graph.Has($"{key}.attn.{i}.q.weight") ? Attend(h, $"{key}.attn.{i}") : h;
        }

        return h;
    }

    private GraphValue Residual(GraphValue input, string key)
    {
        var h = graph.Convolve(Activate(input, $"{key}.norm1"), $"{key}.conv1", padding: 1);
        h = graph.Convolve(Activate(h, $"{key}.norm2"), $"{key}.conv2", padding: 1);
        return graph.Plus(h, graph.Has($"{key}.nin_shortcut.weight") ? graph.Convolve(input, $"{key}.nin_shortcut") : input);
    }

    private GraphValue Attend(GraphValue input, string key)
    {
        var h = graph.ToTokens(graph.NormalizeGroups(input, $"{key}.norm", config.NormGroups, Epsilon));
        var mixed = graph.Attend(
            graph.Project(h, $"{key}.q"), graph.Project(h, $"{key}.k"), graph.Project(h, $"{key}.v"), heads: 1, graph.ShapeOf($"{key}.q.weight")[0]);
        return graph.Plus(graph.ToImages(graph.Project(mixed, $"{key}.proj_out"), input), input);
    }

    // The published encoder pads at the bottom and on the right only.
    private GraphValue Halve(GraphValue h, string key) =>
        config.ResampleWithConvolution ? graph.Convolve(h, key, stride: 2, [0, 0, 1, 1]) : graph.Halve(h);

    private GraphValue Double(GraphValue h, string key) =>
        config.ResampleWithConvolution ? graph.Convolve(graph.Double(h), key, padding: 1) : graph.Double(h);

    private GraphValue Finish(GraphValue h, string key) => graph.Convolve(Activate(h, $"{key}.norm_out"), $"{key}.conv_out", padding: 1);

    private GraphValue Activate(GraphValue h, string key) => graph.Silu(graph.NormalizeGroups(h, key, config.NormGroups, Epsilon));
}
