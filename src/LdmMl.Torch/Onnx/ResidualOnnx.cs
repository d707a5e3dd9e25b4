using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual.Storage;
using Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Onnx;

/// <summary>
/// Converts a residual network of basic blocks from an ONNX file of CNTK into a trunk of this library: <c>ResNet18.onnx</c> in the NuGet package
/// <c>DnnImageFeaturizer.ResNet18</c> of ML.NET (MIT), the one network for ImageNet that a package contains. Batch normalisations are folded into the
/// convolutions, and the first one takes red, green and blue instead of CNTK's blue, green and red.
/// </summary>
internal sealed class ResidualOnnx
{
    /// <summary>The name under which the converted network is opened.</summary>
    public const string Name = "resnet18-cntk";

    private const long LargestFile = 1L << 30;

    private static readonly string[] Known = ["Conv", "BatchNormalization", "Relu", "MaxPool", "Add", "AveragePool"];

    private readonly Dictionary<string, TensorProto> initializers;
    private readonly Dictionary<string, FoldedConvolution> folded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> rectified = new(StringComparer.Ordinal);
    private readonly StateDictionary weights;

    private ResidualOnnx(GraphProto graph, StateDictionary weights)
    {
        initializers = graph.Initializer.ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        this.weights = weights;
    }

    /// <summary>Converts a file.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <returns>The trunk's weights; the caller disposes them.</returns>
    /// <exception cref="CheckpointException">It cannot be read, or is not such a network; the message says where it differs.</exception>
    public static StateDictionary Convert(string path) => CheckpointErrors.Translate(path, () =>
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var graph = Read(path).Graph ?? throw new InvalidDataException("it has no graph.");
        var weights = new StateDictionary(CombinedFile.Metadata(Name));
        try
        {
            new ResidualOnnx(graph, weights).Run(graph.Node);
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    });

    private static ModelProto Read(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > LargestFile)
            throw new InvalidDataException($"it has {stream.Length} bytes; such a network has at most {LargestFile}.");
        try
        {
            return ModelProto.Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new InvalidDataException($"it is not an ONNX file: {error.Message}", error);
        }
    }

    private void Run(IReadOnlyList<NodeProto> nodes)
    {
        if (nodes.FirstOrDefault(node => !Known.Contains(node.OpType)) is { } stranger)
            throw new InvalidDataException($"it has a node of type '{stranger.OpType}'; a residual network of CNTK has only {string.Join(", ", Known)}.");
        var normalizations = nodes.Where(node => node.OpType == "BatchNormalization").ToDictionary(node => Input(node, 0), StringComparer.Ordinal);
        foreach (var node in nodes.Where(node => node.OpType == "Conv"))
        {
            var normalization = normalizations.GetValueOrDefault(node.Output[0])
                ?? throw new InvalidDataException($"no batch normalisation follows '{node.Output[0]}'.");
            folded.Add(normalization.Output[0], Fold(node, normalization));
        }

        foreach (var node in nodes.Where(node => node.OpType == "Relu"))
            rectified.Add(node.Output[0], Input(node, 0));
        AddFirst(nodes);
        foreach (var (place, node) in nodes.Where(node => node.OpType == "Add").Index())
            AddBlock($"features.{(place + 3).ToString(CultureInfo.InvariantCulture)}", node);
    }

    private void AddFirst(IEnumerable<NodeProto> nodes)
    {
        var pool = nodes.FirstOrDefault(node => node.OpType == "MaxPool") ?? throw new InvalidDataException("it has no 'MaxPool'.");
        var first = Before(Input(pool, 0), "the pool");
        first.Require(kernel: 7, stride: 2);
        Add("features.0", first with { Weight = first.Weight.flip(1) });
    }

    // The main path is a convolution of the ReLU of a convolution of the block's input.
    private void AddBlock(string key, NodeProto sum)
    {
        var (main, shortcut) = (Input(sum, 0), Input(sum, 1));
        var second = folded.GetValueOrDefault(main) ?? throw new InvalidDataException($"'{sum.Output[0]}' does not begin with a convolution.");
        var first = Before(second.Input, $"'{main}'");
        var projection = folded.GetValueOrDefault(shortcut);
        if ((projection?.Input ?? shortcut) != first.Input)
            throw new InvalidDataException($"the shortcut of '{sum.Output[0]}' does not begin where its convolutions do.");
        second.Require(kernel: 3, stride: 1);
        first.Require(kernel: 3, stride: projection is null ? 1 : 2);
        projection?.Require(kernel: 1, stride: 2);
        Add($"{key}.conv1", first);
        Add($"{key}.conv2", second);
        if (projection is not null)
            Add($"{key}.downsample", projection);
    }

    private FoldedConvolution Before(string output, string what) =>
        rectified.TryGetValue(output, out var input) && folded.TryGetValue(input, out var convolution)
            ? convolution : throw new InvalidDataException($"no convolution with ReLU comes before {what}.");

    private void Add(string key, FoldedConvolution convolution)
    {
        weights.Add($"{key}.weight", convolution.Weight.to(ScalarType.Float32).contiguous());
        weights.Add($"{key}.bias", convolution.Bias.to(ScalarType.Float32).contiguous());
    }

    // scale * (w x - mean) / sqrt(variance + epsilon) + bias, in float64.
    private FoldedConvolution Fold(NodeProto convolution, NodeProto normalization)
    {
        var values = Enumerable.Range(1, 4).Select(place => Weight(Input(normalization, place))).ToArray();
        var epsilon = normalization.Attribute.FirstOrDefault(attribute => attribute.Name == "epsilon")?.F ?? 1e-5f;
        var kernel = Weight(Input(convolution, 1));
        if (kernel.dim() != 4 || values.Any(value => value.dim() != 1 || value.shape[0] != kernel.shape[0]))
            throw new InvalidDataException($"the weights of '{convolution.Output[0]}' and of its batch normalisation do not fit each other.");
        var factor = values[0] / (values[3] + Real(epsilon)).sqrt();
        var stride = convolution.Attribute.FirstOrDefault(attribute => attribute.Name == "strides")?.Ints.FirstOrDefault(1) ?? 1;
        return new FoldedConvolution(Input(convolution, 0), kernel * factor.view(-1, 1, 1, 1), values[1].Plus(-values[2] * factor), stride);
    }

    private Tensor Weight(string name)
    {
        if (!initializers.TryGetValue(name, out var stored) || stored.DataType != (int)TensorProto.Types.DataType.Float)
            throw new InvalidDataException($"it has no float32 weight '{name}'.");
        var values = stored.FloatData.Count > 0 ? [.. stored.FloatData] : MemoryMarshal.Cast<byte, float>(stored.RawData.Span).ToArray();
        return values.Length == stored.Dims.Aggregate(1L, (product, size) => product * size)
            ? tensor(values, [.. stored.Dims]).to(ScalarType.Float64)
            : throw new InvalidDataException($"the weight '{name}' has {values.Length} values, which do not fill its shape.");
    }

    private static string Input(NodeProto node, int place) => place < node.Input.Count
        ? node.Input[place] : throw new InvalidDataException($"the node '{node.Name}' of type '{node.OpType}' has only {node.Input.Count} inputs.");

    private sealed record FoldedConvolution(string Input, Tensor Weight, Tensor Bias, long Stride)
    {
        public void Require(long kernel, long stride)
        {
            if (Weight.shape[2] != kernel || Weight.shape[3] != kernel || Stride != stride)
            {
                throw new InvalidDataException(
                    $"the convolution of '{Input}' is {Weight.ShapeText()} with stride {Stride}; there it must be {kernel}x{kernel} with stride {stride}.");
            }
        }
    }
}
