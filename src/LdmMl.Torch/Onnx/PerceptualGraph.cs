using LdmMl.Torch.Kernels;
using LdmMl.Torch.Models.Perceptual;
using Onnx;

namespace LdmMl.Torch.Onnx;

/// <summary>A perceptual distance as nodes of a graph (Zhang et al. 2018, section 3; LPIPS if it is calibrated).</summary>
/// <param name="graph">The graph, with the weights of trunk and heads.</param>
/// <param name="description">The description of the network.</param>
internal sealed class PerceptualGraph(Graph graph, PerceptualDescription description)
{
    private static readonly GraphAxis[] Images = ["batch", 3, "height", "width"];

    /// <summary>Declares two images and their distance, and adds the nodes between them.</summary>
    public void BuildDistance()
    {
        var first = Layers(graph.Input("image", TensorProto.Types.DataType.Float, Images));
        var second = Layers(graph.Input("reference", TensorProto.Types.DataType.Float, Images));
        var total = first.Select((layer, index) => Distance(layer, second[index], index)).Aggregate(graph.Plus);
        graph.Output("distance", total, "batch");
    }

    /// <summary>Declares an image and its features, mean activations of its layers, and adds the nodes between them.</summary>
    public void BuildFeatures()
    {
        var layers = Layers(graph.Input("image", TensorProto.Types.DataType.Float, Images));
        var described = description.Trunk.DescribesByLast ? layers.TakeLast(1) : layers;
        GraphValue[] means = [.. described.Select(layer => graph.Add("ReduceMean", [layer, graph.Integers(2, 3)], ("keepdims", 0L)))];
        graph.Output("features", means is [var only] ? only : graph.Join(1, means), "batch", description.Trunk.FeatureCount);
    }

    private List<GraphValue> Layers(GraphValue images)
    {
        var (h, layers) = (Standardize(images), new List<GraphValue>());
        foreach (var step in description.Trunk.Steps)
        {
            h = Run(step, h);
            if (step.IsLayer)
                layers.Add(h);
        }

        return layers;
    }

    private GraphValue Standardize(GraphValue images)
    {
        if (!description.Standardizes)
            return images;
        var centred = graph.Add("Sub", [images, graph.Constant([.. description.Trunk.Shift], 1, 3, 1, 1)]);
        return graph.Add("Div", [centred, graph.Constant([.. description.Trunk.Scale], 1, 3, 1, 1)]);
    }

    private GraphValue Run(TrunkStep step, GraphValue h)
    {
        var key = $"features.{step.Index}";
        switch (step)
        {
            case ConvolutionStep convolution:
                return graph.Relu(graph.Convolve(h, key, convolution.Stride, convolution.Padding));
            case FireStep:
                var narrow = graph.Relu(graph.Convolve(h, $"{key}.squeeze"));
                return graph.Relu(graph.Join(1, graph.Convolve(narrow, $"{key}.expand1x1"), graph.Convolve(narrow, $"{key}.expand3x3", padding: 1)));
            case ResidualStep block:
                var shortcut = block.Halves ? graph.Convolve(h, $"{key}.downsample", stride: 2) : h;
                var first = graph.Relu(graph.Convolve(h, $"{key}.conv1", block.Halves ? 2 : 1, padding: 1));
                return graph.Relu(graph.Plus(graph.Convolve(first, $"{key}.conv2", padding: 1), shortcut));
            default:
                var pool = (PoolStep)step;
                long[] kernel = [pool.Kernel, pool.Kernel], strides = [PoolStep.Stride, PoolStep.Stride];
                return graph.Add("MaxPool", [h], ("kernel_shape", kernel), ("strides", strides), ("pads", Enumerable.Repeat((long)pool.Padding, 4).ToArray()),
                    ("ceil_mode", pool.IncludesPartial ? 1L : 0L));
        }
    }

    private GraphValue Distance(GraphValue first, GraphValue second, int layer)
    {
        var difference = graph.Add("Sub", [Unit(first), Unit(second)]);
        var squares = graph.Times(difference, difference);
        var weighted = description.IsCalibrated ? graph.Times(squares, graph.Weight($"lin{layer}.model.1.weight")) : squares;
        var map = graph.Add("ReduceSum", [weighted, graph.Integers(1)], ("keepdims", 1L));                  // [B, 1, h, w]
        return graph.Add("ReduceMean", [map, graph.Integers(1, 2, 3)], ("keepdims", 0L));                   // [B]
    }

    private GraphValue Unit(GraphValue activations)
    {
        var square = graph.Add("ReduceSum", [graph.Times(activations, activations), graph.Integers(1)], ("keepdims", 1L));
        return graph.Add("Div", [activations, graph.Plus(graph.Add("Sqrt", [square]), graph.Constant([(float)PlanarUnitDistance.Epsilon]))]);
    }
}
