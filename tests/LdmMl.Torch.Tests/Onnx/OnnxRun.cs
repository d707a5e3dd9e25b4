using LdmMl.Torch.Onnx;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Onnx;

/// <summary>Runs a graph in ONNX Runtime.</summary>
internal static class OnnxRun
{
    /// <summary>Writes a graph in memory, runs it, and returns an output. The caller disposes it.</summary>
    public static Tensor Run(Graph graph, string output, params (string Name, Tensor Value)[] inputs)
    {
        using var session = Open(graph);
        return Run(session, output, inputs);
    }

    /// <summary>Opens a graph without a file. The caller disposes the session.</summary>
    public static InferenceSession Open(Graph graph)
    {
        using var file = new MemoryStream();
        OnnxFile.Write(graph, "model.onnx", (_, write) => write(file));
        using var options = new SessionOptions();
        return new InferenceSession(file.ToArray(), options);
    }

    /// <summary>Runs an opened file, and returns an output. The caller disposes it.</summary>
    public static Tensor Run(InferenceSession session, string output, params (string Name, Tensor Value)[] inputs)
    {
        var given = inputs.ToDictionary(input => input.Name, input => ToValue(input.Value));
        try
        {
            using var options = new RunOptions();
            using var results = session.Run(options, given, [output]);
            return tensor(results[0].GetTensorDataAsSpan<float>().ToArray()).reshape(results[0].GetTensorTypeAndShape().Shape);
        }
        finally
        {
            foreach (var value in given.Values)
                value.Dispose();
        }
    }

    private static OrtValue ToValue(Tensor value) => value.dtype switch
    {
        ScalarType.Int64 => OrtValue.CreateTensorValueFromMemory(value.contiguous().data<long>().ToArray(), value.shape),
        ScalarType.Int32 => OrtValue.CreateTensorValueFromMemory(value.contiguous().data<int>().ToArray(), value.shape),
        _ => OrtValue.CreateTensorValueFromMemory(value.to(ScalarType.Float32).contiguous().data<float>().ToArray(), value.shape),
    };
}
