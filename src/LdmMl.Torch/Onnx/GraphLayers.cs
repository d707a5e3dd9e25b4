using static TorchSharp.torch;

namespace LdmMl.Torch.Onnx;

/// <summary>The layers of this library's networks as nodes of a graph; weights are named by the layer's checkpoint key.</summary>
internal static class GraphLayers
{
    private static readonly long[] Two = [2, 2];

    /// <summary>Sum of two values.</summary>
    public static GraphValue Plus(this Graph graph, GraphValue first, GraphValue second) => graph.Add("Add", [first, second]);

    /// <summary>Product of two values.</summary>
    public static GraphValue Times(this Graph graph, GraphValue first, GraphValue second) => graph.Add("Mul", [first, second]);

    /// <summary>Product with a number.</summary>
    public static GraphValue Times(this Graph graph, GraphValue value, double factor) => graph.Times(value, graph.Constant([(float)factor]));

    /// <summary>Concatenates values along an axis.</summary>
    public static GraphValue Join(this Graph graph, long axis, params IReadOnlyList<GraphValue> parts) =>
        parts.Count == 1 ? parts[0] : graph.Add("Concat", parts, ("axis", axis));

    /// <summary>Reshapes a value; 0 keeps an axis, -1 takes the remaining elements.</summary>
    public static GraphValue Reshape(this Graph graph, GraphValue value, params ReadOnlySpan<long> shape) =>
        graph.Add("Reshape", [value, graph.Integers(shape)]);

    /// <summary>Reshapes a value to the shape of another.</summary>
    public static GraphValue ReshapeLike(this Graph graph, GraphValue value, GraphValue like) =>
        graph.Add("Reshape", [value, graph.Add("Shape", [like])]);

    /// <summary>Permutes the axes of a value.</summary>
    public static GraphValue Permute(this Graph graph, GraphValue value, params long[] order) => graph.Add("Transpose", [value], ("perm", order));

    /// <summary>x * sigmoid(x).</summary>
    public static GraphValue Silu(this Graph graph, GraphValue value) => graph.Times(value, graph.Add("Sigmoid", [value]));

    /// <summary>ReLU.</summary>
    public static GraphValue Relu(this Graph graph, GraphValue value) => graph.Add("Relu", [value]);

    /// <summary>A convolution with one stride for both axes and the same padding on all sides.</summary>
    public static GraphValue Convolve(this Graph graph, GraphValue images, string key, long stride = 1, long padding = 0) =>
        graph.Convolve(images, key, stride, [padding, padding, padding, padding]);

    /// <summary>A convolution.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="images">Images [B, Cin, H, W].</param>
    /// <param name="key">The layer's key.</param>
    /// <param name="stride">The stride on both axes.</param>
    /// <param name="padding">Zeros at the top, left, bottom and right.</param>
    /// <returns>Images [B, Cout, H', W'].</returns>
    public static GraphValue Convolve(this Graph graph, GraphValue images, string key, long stride, long[] padding)
    {
        List<GraphValue> inputs = [images, graph.Weight($"{key}.weight")];
        if (graph.Has($"{key}.bias"))
            inputs.Add(graph.Weight($"{key}.bias"));
        return graph.Add(
            "Conv", inputs, ("kernel_shape", graph.ShapeOf($"{key}.weight")[2..]), ("pads", padding), ("strides", new[] { stride, stride }));
    }

    /// <summary>A linear layer over the last axis of rows or tokens; its weights [Cout, Cin] are stored transposed, [Cin, Cout], as the product needs them.</summary>
    public static GraphValue Project(this Graph graph, GraphValue tokens, string key) => graph.Project(tokens, key, "all", rows => rows.alias());

    /// <summary>A part of a linear layer's output: the rows that <paramref name="select"/> takes of its weights [Cout, Cin] and of its bias [Cout].</summary>
    public static GraphValue Project(this Graph graph, GraphValue tokens, string key, string part, Func<Tensor, Tensor> select)
    {
        var (weight, bias) = ($"{key}.weight", $"{key}.bias");
        var product = graph.Add("MatMul", [tokens, graph.Weight(weight, $"{weight}.{part}", rows => select(rows.flatten(1)).t())]);
        return graph.Has(bias) ? graph.Plus(product, graph.Weight(bias, $"{bias}.{part}", select)) : product;
    }

    /// <summary>One of several equal parts of a linear layer's output.</summary>
    public static GraphValue ProjectPart(this Graph graph, GraphValue tokens, string key, int part, int parts) =>
        graph.Project(tokens, key, $"{part + 1}_of_{parts}", rows => rows.chunk(parts, dim: 0)[part]);

    /// <summary>Group normalisation [B, C, H, W], of any size, as instance normalisation of the groups, which every opset has.</summary>
    public static GraphValue NormalizeGroups(this Graph graph, GraphValue images, string key, int groups, double epsilon)
    {
        var ones = graph.Constant(Enumerable.Repeat(1f, groups).ToArray(), groups);
        var zeros = graph.Constant(new float[groups], groups);
        var apart = graph.Add("InstanceNormalization", [graph.Reshape(images, 0, groups, -1), ones, zeros], ("epsilon", (float)epsilon));
        return graph.Plus(
            graph.Times(graph.ReshapeLike(apart, images), graph.PerChannel($"{key}.weight")), graph.PerChannel($"{key}.bias"));
    }

    /// <summary>Layer normalisation over the last axis.</summary>
    public static GraphValue NormalizeTokens(this Graph graph, GraphValue tokens, string key, double epsilon = 1e-5) =>
        graph.Add("LayerNormalization", [tokens, graph.Weight($"{key}.weight"), graph.Weight($"{key}.bias")], ("axis", -1L), ("epsilon", (float)epsilon));

    /// <summary>Nearest-neighbour upsampling by 2.</summary>
    public static GraphValue Double(this Graph graph, GraphValue images) => graph.Add(
        "Resize", [images, new GraphValue(""), graph.Constant([1, 1, 2, 2], 4)],
        ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));

    /// <summary>2x2 average pooling.</summary>
    public static GraphValue Halve(this Graph graph, GraphValue images) => graph.Add("AveragePool", [images], ("kernel_shape", Two), ("strides", Two));

    /// <summary>The pixels [B, C, H, W] as tokens [B, HW, C].</summary>
    public static GraphValue ToTokens(this Graph graph, GraphValue images) => graph.Permute(graph.Reshape(images, 0, 0, -1), 0, 2, 1);

    /// <summary>Tokens [B, HW, C] as pixels [B, C, H, W] of the size of other images with as many channels.</summary>
    public static GraphValue ToImages(this Graph graph, GraphValue tokens, GraphValue like) => graph.ReshapeLike(graph.Permute(tokens, 0, 2, 1), like);

    /// <summary>Scaled dot-product attention (Vaswani et al. 2017, section 3.2.1).</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="query">Queries [B, T, C].</param>
    /// <param name="key">Keys [B, S, C].</param>
    /// <param name="value">Values [B, S, C].</param>
    /// <param name="heads">The heads that share the channels.</param>
    /// <param name="headWidth">The channels of one head.</param>
    /// <param name="mask">Added to the scores, [B or 1, 1, T, S]; null for none.</param>
    /// <returns>Tokens [B, T, C].</returns>
    public static GraphValue Attend(
        this Graph graph, GraphValue query, GraphValue key, GraphValue value, long heads, long headWidth, GraphValue? mask = null)
    {
        var scores = graph.Add(
            "MatMul",
            [
                graph.Times(graph.Permute(graph.Split(query, heads), 0, 2, 1, 3), 1 / Math.Sqrt(headWidth)),   // [B, heads, T, C / heads]
                graph.Permute(graph.Split(key, heads), 0, 2, 3, 1),                                            // [B, heads, C / heads, S]
            ]);
        var shares = graph.Add("Softmax", [mask is { } added ? graph.Plus(scores, added) : scores], ("axis", -1L));
        var mixed = graph.Add("MatMul", [shares, graph.Permute(graph.Split(value, heads), 0, 2, 1, 3)]);
        return graph.Reshape(graph.Permute(mixed, 0, 2, 1, 3), 0, 0, -1);
    }

    /// <summary>A weight [C] as [C, 1, 1], for images.</summary>
    public static GraphValue PerChannel(this Graph graph, string key) =>
        graph.Weight(key, $"{key}.channels", tensor => tensor.reshape(-1, 1, 1));

    private static GraphValue Split(this Graph graph, GraphValue tokens, long heads) => graph.Reshape(tokens, 0, 0, heads, -1);
}
