using System.Globalization;
using Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Onnx;

/// <summary>
/// An ONNX graph under construction: inputs, nodes in the order in which they are added, outputs, and the weights that nodes use, under their checkpoint keys.
/// </summary>
/// <param name="name">The graph's name.</param>
/// <param name="weights">The network's weights by key; still owned by the caller.</param>
internal sealed class Graph(string name, IReadOnlyDictionary<string, Tensor> weights)
{
    private readonly Dictionary<string, Func<Tensor>> stored = new(StringComparer.Ordinal);
    private int values;

    /// <summary>Gets the graph without its weights.</summary>
    public GraphProto Proto { get; } = new() { Name = name };

    /// <summary>Gets the weights that nodes use, each as a function that returns a tensor; the caller disposes it.</summary>
    public IReadOnlyDictionary<string, Func<Tensor>> Stored => stored;

    /// <summary>Gets the metadata of the file.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Declares an input.</summary>
    public GraphValue Input(string input, TensorProto.Types.DataType type, params GraphAxis[] axes)
    {
        Proto.Input.Add(Describe(input, type, axes));
        return new GraphValue(input);
    }

    /// <summary>Declares a value as an output, under a name.</summary>
    public void Output(string output, GraphValue value, params GraphAxis[] axes)
    {
        Proto.Node.Add(Make("Identity", output, [value]));
        Proto.Output.Add(Describe(output, TensorProto.Types.DataType.Float, axes));
    }

    /// <summary>Adds a node with one result.</summary>
    /// <param name="operation">The operator of the default domain.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="attributes">Its attributes: <c>long</c>, <c>long[]</c>, <c>float</c> or <c>string</c>.</param>
    /// <returns>The result.</returns>
    public GraphValue Add(string operation, IReadOnlyList<GraphValue> inputs, params (string Name, object Value)[] attributes)
    {
        var result = string.Create(CultureInfo.InvariantCulture, $"{operation}_{values++}");
        Proto.Node.Add(Make(operation, result, inputs, attributes));
        return new GraphValue(result);
    }

    /// <summary>Determines whether the network has a weight.</summary>
    public bool Has(string key) => weights.ContainsKey(key);

    /// <summary>Gets the shape of a weight.</summary>
    public long[] ShapeOf(string key) => weights[key].shape;

    /// <summary>Uses a weight of the network.</summary>
    public GraphValue Weight(string key) => Weight(key, key, tensor => tensor.alias());

    /// <summary>Uses a weight in another shape or order, under another name.</summary>
    public GraphValue Weight(string key, string stored, Func<Tensor, Tensor> change)
    {
        this.stored.TryAdd(stored, () =>
        {
            using var scope = NewDisposeScope();
            return scope.MoveToOuter(change(weights[key].detach()).to(ScalarType.Float32).cpu().contiguous().alias());
        });
        return new GraphValue(stored);
    }

    /// <summary>Adds constant numbers.</summary>
    public GraphValue Constant(ReadOnlySpan<float> numbers, params ReadOnlySpan<long> shape)
    {
        var held = new TensorProto { Name = $"constant_{stored.Count}_{Proto.Initializer.Count}", DataType = (int)TensorProto.Types.DataType.Float };
        held.Dims.AddRange(shape.ToArray());
        held.FloatData.AddRange(numbers.ToArray());
        return Keep(held);
    }

    /// <summary>Adds constant integers: axes, shapes, lengths.</summary>
    public GraphValue Integers(params ReadOnlySpan<long> numbers)
    {
        var held = new TensorProto { Name = $"integers_{string.Join('_', numbers.ToArray())}", DataType = (int)TensorProto.Types.DataType.Int64 };
        held.Dims.Add(numbers.Length);
        held.Int64Data.AddRange(numbers.ToArray());
        return Keep(held);
    }

    private GraphValue Keep(TensorProto constant)
    {
        if (Proto.Initializer.All(present => present.Name != constant.Name))
            Proto.Initializer.Add(constant);
        return new GraphValue(constant.Name);
    }

    private static NodeProto Make(
        string operation, string result, IReadOnlyList<GraphValue> inputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { Name = result, OpType = operation };
        node.Input.AddRange(inputs.Select(input => input.Name));
        node.Output.Add(result);
        node.Attribute.AddRange(attributes.Select(attribute => Attribute(attribute.Name, attribute.Value)));
        return node;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case long number:
                attribute.Type = AttributeProto.Types.AttributeType.Int;
                attribute.I = number;
                break;
            case long[] numbers:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.AddRange(numbers);
                break;
            case float number:
                attribute.Type = AttributeProto.Types.AttributeType.Float;
                attribute.F = number;
                break;
            case string text:
                attribute.Type = AttributeProto.Types.AttributeType.String;
                attribute.S = Google.Protobuf.ByteString.CopyFromUtf8(text);
                break;
            default:
                throw new ArgumentException($"An attribute cannot be a {value.GetType().Name}.", nameof(value));
        }

        return attribute;
    }

    private static ValueInfoProto Describe(string name, TensorProto.Types.DataType type, IEnumerable<GraphAxis> axes)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(axes.Select(axis => axis.Name is { } dynamic
            ? new TensorShapeProto.Types.Dimension { DimParam = dynamic }
            : new TensorShapeProto.Types.Dimension { DimValue = axis.Length }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }
}
