namespace LdmMl.Torch.Onnx;

/// <summary>The codebook of a VQ autoencoder as nodes of a graph: each latent pixel becomes the nearest entry (Rombach et al. 2022, section 3.1).</summary>
/// <param name="graph">The graph, with the autoencoder's weights.</param>
/// <param name="channels">The channels of a latent.</param>
internal sealed class CodebookGraph(Graph graph, long channels)
{
    private const string Key = "quantize.embedding.weight";

    /// <summary>Replaces latents [B, c, h, w] by the nearest entries, of the same shape.</summary>
    public GraphValue Quantize(GraphValue latents)
    {
        var pixels = graph.Permute(latents, 0, 2, 3, 1);         // [B, h, w, c]
        var nearest = graph.Add("ArgMin", [Distances(graph.Reshape(pixels, -1, channels))], ("axis", 1L), ("keepdims", 0L));   // [N]
        var entries = graph.ReshapeLike(graph.Add("Gather", [graph.Weight(Key), nearest], ("axis", 0L)), pixels);

        // As in training, where this sum passes gradients through; it affects rounding.
        return graph.Permute(graph.Plus(pixels, graph.Add("Sub", [entries, pixels])), 0, 3, 1, 2);
    }

    // |z - e|^2 = |z|^2 + |e|^2 - 2 z.e, in the reference's order of operations.
    private GraphValue Distances(GraphValue flat)                // [N, c] -> [N, entries]
    {
        var lengths = graph.Add("ReduceSum", [graph.Times(flat, flat), graph.Integers(1)], ("keepdims", 1L));
        var entries = graph.Weight(Key, $"{Key}.squares", tensor => tensor.pow(Whole(2)).sum(1));
        var products = graph.Add("MatMul", [flat, graph.Weight(Key, $"{Key}.transposed", tensor => tensor.t())]);
        return graph.Add("Sub", [graph.Plus(lengths, entries), graph.Times(products, 2)]);
    }
}
