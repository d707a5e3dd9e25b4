using System.Reflection;
using Google.Protobuf;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Onnx;
using LdmMl.Torch.Tensors;
using Microsoft.ML.OnnxRuntime;
using Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Onnx;

/// <summary>The residual network of a package, converted, beside ONNX Runtime on the package's own file.</summary>
public sealed class ResidualOnnxTests : IDisposable
{
    private static readonly string Package = Path.Combine(
        typeof(ResidualOnnxTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "NuGetPackageRoot").Value!,
        "microsoft.ml.dnnimagefeaturizer.resnet18", "0.23.1", "tools", "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData(224, 224)]
    [InlineData(128, 96)]
    [InlineData(64, 64)]
    public void Features_equal_those_of_the_package_s_file_at_any_even_size(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var features = FeatureModel.Load(Converted());
        using var generator = new Generator(5, CPU);
        var images = rand([3, 3, height, width], generator: generator);                     // [0, 1]
        var expected = OfPackage(images);
        foreach (var mode in Enum.GetValues<ConvolutionMode>())
        {
            using var own = features.With(mode);
            // Folded normalisations and other orders of sums: below a millionth where nothing is transformed.
            var most = mode == ConvolutionMode.Direct ? 1e-6 : 4e-6;
            Assert.InRange(Relative(own.Features(images, PixelRange.ZeroToOne), expected), 0, most);
        }

        Assert.Equal((512, "last mean activations of resnet18-cntk"), (features.Dimensions, features.Name));
        Assert.Contains("uncalibrated", features.Caution, StringComparison.Ordinal);
        Assert.False(features.IsInception);
    }

    [Fact]
    public void As_a_distance_it_is_uncalibrated_and_orders_grades_of_noise()
    {
        using var scope = NewDisposeScope();
        using var distance = PerceptualModel.Load(Converted());
        using var generator = new Generator(5, CPU);
        var image = rand([1, 3, 64, 64], generator: generator);
        var noise = randn([1, 3, 64, 64], generator: generator);
        var noisy = cat([.. new[] { 0, 0.01, 0.03, 0.1 }.Select(sigma => image.Plus(noise * Real(sigma)))]);
        var measured = distance.Distance(image, noisy, PixelRange.ZeroToOne).data<float>().ToArray();

        Assert.Equal(0, measured[0]);
        Assert.Equal(measured.Order(), measured);
        Assert.False(distance.IsCalibrated);
        Assert.Equal("uncalibrated perceptual distance (resnet18-cntk)", distance.Name);
        Assert.Equal(["relu1", "stage1", "stage2", "stage3", "stage4"], distance.LayerNames);
    }

    [Fact]
    public void Another_graph_is_refused_where_it_differs()
    {
        var model = Small();
        string Reason(Action<ModelProto> change)
        {
            var other = model.Clone();
            change(other);
            var path = Path.Combine(temporary.Path, "other.onnx");
            File.WriteAllBytes(path, other.ToByteArray());
            return Assert.Throws<CheckpointException>(() => ResidualOnnx.Convert(path)).Reason;
        }

        Assert.Contains("node of type 'Sigmoid'", Reason(other => other.Graph.Node[0].OpType = "Sigmoid"), StringComparison.Ordinal);
        Assert.Contains("no float32 weight 'kernel0'", Reason(other => other.Graph.Initializer.RemoveAt(0)), StringComparison.Ordinal);
        Assert.Contains("do not fill its shape", Reason(other => other.Graph.Initializer[0].FloatData.Add(1)), StringComparison.Ordinal);
        Assert.Contains("no batch normalisation follows", Reason(other => other.Graph.Node.RemoveAt(1)), StringComparison.Ordinal);
        Assert.Contains("does not begin where", Reason(other => other.Graph.Node[^1].Input[1] = "elsewhere"), StringComparison.Ordinal);
        var damaged = Path.Combine(temporary.Path, "damaged.onnx");
        File.WriteAllBytes(damaged, [0x3a, 0xff, 0xff, 0xff, 0x7f, 1]);
        Assert.Contains("it is not an ONNX file", Assert.Throws<CheckpointException>(() => ResidualOnnx.Convert(damaged)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_network_is_opened_gives_gradients_and_leaves_as_ONNX_again()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(temporary.Path, "small.safetensors");
        File.WriteAllBytes(Path.Combine(temporary.Path, "small.onnx"), Small().ToByteArray());
        using (var weights = ResidualOnnx.Convert(Path.Combine(temporary.Path, "small.onnx")))
            SafetensorsFile.Write(path, weights, weights.Metadata);
        using var features = FeatureModel.Load(path);
        using var distance = PerceptualModel.LoadUncalibrated(path);
        using var generator = new Generator(5, CPU);
        var images = rand([3, 3, 37, 50], generator: generator);
        var all = features.Features(images, PixelRange.ZeroToOne);
        var alone = features.Features(images.narrow(0, 1, 1), PixelRange.ZeroToOne);
        Assert.Equal(all[1].data<float>().ToArray(), alone.data<float>().ToArray());

        var learned = images.clone().requires_grad_();
        distance.Distance(learned, images.flip(3), PixelRange.ZeroToOne).sum().backward();
        Assert.True(learned.grad!.abs().max().item<float>() > 0);

        distance.SaveAsOnnx(Path.Combine(temporary.Path, "distance.onnx"));
        features.SaveAsOnnx(Path.Combine(temporary.Path, "features.onnx"));
        using var session = new InferenceSession(Path.Combine(temporary.Path, "features.onnx"));
        Assert.InRange(Relative(OnnxRun.Run(session, "features", ("image", (images * Real(2)) - Real(1))), all), 0, 1e-5);
        using var pairs = new InferenceSession(Path.Combine(temporary.Path, "distance.onnx"));
        var (first, second) = ((images * Real(2)) - Real(1), (images.flip(3) * Real(2)) - Real(1));
        Assert.InRange(
            Relative(OnnxRun.Run(pairs, "distance", ("image", first), ("reference", second)), distance.Distance(first, second, PixelRange.MinusOneToOne)), 0, 1e-5);
    }

    private string Converted()
    {
        var path = Path.Combine(temporary.Path, "resnet.safetensors");
        using var weights = ResidualOnnx.Convert(Package);
        SafetensorsFile.Write(path, weights, weights.Metadata);
        return path;
    }

    // The package's file takes one image of 224x224; its sizes are freed here, and its pool of 7x7 becomes the mean that it is there.
    private static Tensor OfPackage(Tensor images)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Package));
        model.Graph.ValueInfo.Clear();
        foreach (var value in model.Graph.Input.Concat(model.Graph.Output))
        {
            foreach (var place in new[] { 0, 2, 3 })
                value.Type.TensorType.Shape.Dim[place] = new TensorShapeProto.Types.Dimension { DimParam = $"{value.Name}{place}" };
        }

        var pool = model.Graph.Node.Single(node => node.OpType == "AveragePool");
        pool.OpType = "GlobalAveragePool";
        pool.Attribute.Clear();
        using var session = new InferenceSession(model.ToByteArray());
        var means = tensor(new[] { 103.06262f, 115.902885f, 123.15163f }).view(1, 3, 1, 1);
        return OnnxRun.Run(session, "Pooling395_Output_0", ("Input247", (images.flip(1) * Real(255)) - means)).flatten(1);
    }

    private static double Relative(Tensor value, Tensor expected) =>
        ((value - expected).norm() / expected.norm()).item<float>();

    // A first convolution and one block, as CNTK writes them.
    private static ModelProto Small()
    {
        using var generator = new Generator(9, CPU);
        var graph = new GraphProto();
        void Weight(string name, params long[] shape)
        {
            using var values = rand(shape, generator: generator);
            var stored = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float };
            stored.Dims.AddRange(shape);
            stored.FloatData.AddRange(values.data<float>().ToArray());
            graph.Initializer.Add(stored);
        }

        void Node(string type, string output, params string[] inputs)
        {
            var node = new NodeProto { OpType = type, Name = output };
            node.Input.AddRange(inputs);
            node.Output.Add(output);
            graph.Node.Add(node);
        }

        void Convolve(int number, string input, long channels, long from, long kernel, long stride)
        {
            Weight($"kernel{number}", channels, from, kernel, kernel);
            Node("Conv", $"conv{number}", input, $"kernel{number}");
            var strides = new AttributeProto { Name = "strides", Type = AttributeProto.Types.AttributeType.Ints };
            strides.Ints.AddRange([stride, stride]);
            graph.Node[^1].Attribute.Add(strides);
            foreach (var part in new[] { "scale", "bias", "mean", "variance" })
                Weight($"{part}{number}", channels);
            Node("BatchNormalization", $"norm{number}", $"conv{number}", $"scale{number}", $"bias{number}", $"mean{number}", $"variance{number}");
        }

        Convolve(0, "image", 4, 3, 7, 2);
        Node("Relu", "relu0", "norm0");
        Node("MaxPool", "pool", "relu0");
        Convolve(1, "pool", 4, 4, 3, 1);
        Node("Relu", "relu1", "norm1");
        Convolve(2, "relu1", 4, 4, 3, 1);
        Node("Add", "sum", "norm2", "pool");
        return new ModelProto { Graph = graph };
    }
}
