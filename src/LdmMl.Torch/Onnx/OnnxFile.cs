using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Google.Protobuf;
using LdmMl.Torch.Checkpoints;
using Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Onnx;

/// <summary>Writes a graph as an ONNX file; weights above <see cref="LargestInside"/> go into a file beside it, because protobuf ends at 2 GB.</summary>
internal static class OnnxFile
{
    /// <summary>The largest weights that are stored inside the file, in bytes.</summary>
    public const long LargestInside = 1L << 30;

    /// <summary>What is appended to the file's name for the weights beside it.</summary>
    public const string DataSuffix = "_data";

    // Opset 20 has Gelu and Resize of chosen axes; ONNX Runtime knows it from 1.17 on, and format 9 is the first that may hold it.
    private const int Opset = 20, FormatVersion = 9;

    // As memory-mapped readers want it.
    private const int Alignment = 4096;

    /// <summary>Writes a file.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The file's name, relative to the folder.</param>
    /// <param name="writeFile">Writes a file of a name.</param>
    /// <param name="largestInside">The largest weights that are stored inside the file, in bytes.</param>
    public static void Write(Graph graph, string name, Action<string, Action<Stream>> writeFile, long largestInside = LargestInside)
    {
        var initializers = graph.Stored.Select(stored => Describe(stored.Key, stored.Value)).ToList();
        var sizes = initializers.Select(SizeOf).ToArray();
        if (sizes.Sum() <= largestInside)
        {
            foreach (var initializer in initializers)
                initializer.RawData = UnsafeByteOperations.UnsafeWrap(Bytes(graph.Stored[initializer.Name]));
        }
        else
        {
            var dataName = name + DataSuffix;
            writeFile(dataName, stream => WriteData(stream, graph, initializers, Path.GetFileName(dataName)));
        }

        var proto = graph.Proto.Clone();
        proto.Initializer.AddRange(initializers);
        var model = new ModelProto
        {
            IrVersion = FormatVersion, ProducerName = "LdmMl",
            ProducerVersion = typeof(OnnxFile).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "",
            Graph = proto,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        foreach (var (key, value) in graph.Metadata)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        writeFile(name, model.WriteTo);
    }

    private static TensorProto Describe(string name, Func<Tensor> weight)
    {
        using var tensor = weight();
        var described = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float };
        described.Dims.AddRange(tensor.shape);
        return described;
    }

    private static long SizeOf(TensorProto tensor) => sizeof(float) * tensor.Dims.Aggregate(1L, (product, length) => product * length);

    private static void WriteData(Stream stream, Graph graph, IEnumerable<TensorProto> initializers, string location)
    {
        var end = 0L;
        foreach (var initializer in initializers)
        {
            var padding = (Alignment - (end % Alignment)) % Alignment;
            stream.Write(new byte[padding]);
            var bytes = Bytes(graph.Stored[initializer.Name]);
            stream.Write(bytes);
            initializer.DataLocation = TensorProto.Types.DataLocation.External;
            Tell(initializer, "location", location);
            Tell(initializer, "offset", (end + padding).ToString(CultureInfo.InvariantCulture));
            Tell(initializer, "length", bytes.Length.ToString(CultureInfo.InvariantCulture));
            end += padding + bytes.Length;
        }
    }

    private static void Tell(TensorProto initializer, string key, string value) =>
        initializer.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });

    private static byte[] Bytes(Func<Tensor> weight)
    {
        using var tensor = weight();
        return MemoryMarshal.AsBytes<float>(tensor.data<float>().ToArray()).ToArray();
    }
}
