using LdmMl.Torch.Models.Features.Inception;
using Onnx;

namespace LdmMl.Torch.Onnx;

/// <summary>Inception-v3 up to its last pooling as nodes of a graph (the network of the Fréchet Inception distance).</summary>
/// <param name="graph">The graph, with the network's weights; batch normalisations are in its convolutions.</param>
internal sealed class InceptionGraph(Graph graph)
{
    private static readonly long[] Sides = [2, 3];

    /// <summary>Declares images of any size and their features, and adds the nodes between them.</summary>
    public void Build()
    {
        var images = graph.Input("image", TensorProto.Types.DataType.Float, "batch", 3, "height", "width");
        var h = graph.Add(
            "Resize", [images, new(""), new(""), graph.Integers(InceptionNetwork.Side, InceptionNetwork.Side)],
            ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel"), ("axes", Sides));
        h = Unit(Unit(Unit(h, "Conv2d_1a_3x3", stride: 2, keepsSize: false), "Conv2d_2a_3x3", keepsSize: false), "Conv2d_2b_3x3");
        h = Unit(Unit(Pool(h, "MaxPool", stride: 2), "Conv2d_3b_1x1"), "Conv2d_4a_3x3", keepsSize: false);
        h = A(A(A(Pool(h, "MaxPool", stride: 2), "Mixed_5b"), "Mixed_5c"), "Mixed_5d");
        h = C(C(C(C(B(h, "Mixed_6a"), "Mixed_6b"), "Mixed_6c"), "Mixed_6d"), "Mixed_6e");
        h = E(E(D(h, "Mixed_7a"), "Mixed_7b", "AveragePool"), "Mixed_7c", "MaxPool");
        graph.Output("features", graph.Add("ReduceMean", [h, graph.Integers(2, 3)], ("keepdims", 0L)), "batch", InceptionNetwork.Dimensions);
    }

    private GraphValue A(GraphValue x, string key) => graph.Join(
        1,
        Unit(x, $"{key}.branch1x1"),
        Chain(x, key, "branch5x5_1", "branch5x5_2"),
        Chain(x, key, "branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"),
        Unit(Pool(x, "AveragePool"), $"{key}.branch_pool"));

    private GraphValue B(GraphValue x, string key) => graph.Join(
        1,
        Unit(x, $"{key}.branch3x3", stride: 2, keepsSize: false),
        Unit(Chain(x, key, "branch3x3dbl_1", "branch3x3dbl_2"), $"{key}.branch3x3dbl_3", stride: 2, keepsSize: false),
        Pool(x, "MaxPool", stride: 2));

    private GraphValue C(GraphValue x, string key) => graph.Join(
        1,
        Unit(x, $"{key}.branch1x1"),
        Chain(x, key, "branch7x7_1", "branch7x7_2", "branch7x7_3"),
        Chain(x, key, "branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"),
        Unit(Pool(x, "AveragePool"), $"{key}.branch_pool"));

    private GraphValue D(GraphValue x, string key) => graph.Join(
        1,
        Unit(Unit(x, $"{key}.branch3x3_1"), $"{key}.branch3x3_2", stride: 2, keepsSize: false),
        Unit(Chain(x, key, "branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3"), $"{key}.branch7x7x3_4", stride: 2, keepsSize: false),
        Pool(x, "MaxPool", stride: 2));

    private GraphValue E(GraphValue x, string key, string pooling)
    {
        var once = Unit(x, $"{key}.branch3x3_1");
        var twice = Chain(x, key, "branch3x3dbl_1", "branch3x3dbl_2");
        return graph.Join(
            1,
            Unit(x, $"{key}.branch1x1"),
            Unit(once, $"{key}.branch3x3_2a"),
            Unit(once, $"{key}.branch3x3_2b"),
            Unit(twice, $"{key}.branch3x3dbl_3a"),
            Unit(twice, $"{key}.branch3x3dbl_3b"),
            Unit(Pool(x, pooling), $"{key}.branch_pool"));
    }

    private GraphValue Chain(GraphValue x, string key, params string[] units) => units.Aggregate(x, (h, unit) => Unit(h, $"{key}.{unit}"));

    private GraphValue Unit(GraphValue x, string key, long stride = 1, bool keepsSize = true)
    {
        var shape = graph.ShapeOf($"{key}.weight");
        var (top, left) = keepsSize ? (shape[2] / 2, shape[3] / 2) : (0, 0);
        return graph.Relu(graph.Convolve(x, key, stride, [top, left, top, left]));
    }

    // Stride 2 halves the map; stride 1 keeps its size, and averages exclude the padding.
    private GraphValue Pool(GraphValue x, string operation, long stride = 1)
    {
        long[] kernel = [3, 3], strides = [stride, stride], padding = stride == 1 ? [1, 1, 1, 1] : [0, 0, 0, 0];
        return graph.Add(operation, [x], ("kernel_shape", kernel), ("strides", strides), ("pads", padding));
    }
}
