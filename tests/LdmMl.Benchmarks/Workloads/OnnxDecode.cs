using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// The kl-f8 decode in ONNX Runtime, with every graph optimisation and as many threads as libtorch.
/// Peers/kl_f8_decoder_onnx.py creates its file of 200 MB from the one of <see cref="WriteWeights"/>; an environment variable gives its path.
/// </summary>
internal sealed class OnnxDecode : IWorkload
{
    private const string Variable = "LDMML_ONNX_DECODER", Input = "latents", Output = "images";

    private readonly Tensor latents = KlF8.Latents();
    private readonly InferenceSession session;
    private readonly RunOptions runOptions = new();
    private readonly OrtValue input;

    public OnnxDecode()
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = get_num_threads(),
        };
        session = new InferenceSession(Model ?? throw new InvalidOperationException(Missing), options);
        input = OrtValue.CreateTensorValueFromMemory(latents.data<float>().ToArray(), latents.shape);
    }

    /// <summary>Gets what is missing for this to run, and how to create it; null if nothing is.</summary>
    public static string? Missing => Model is not null ? null :
        $"The comparison with ONNX Runtime needs the decoder in a file that {Variable} names: create it with " +
        "`dotnet run -c Release --project tests/LdmMl.Benchmarks -- onnx-weights WEIGHTS.safetensors` and then " +
        "`/usr/bin/python3 tests/LdmMl.Benchmarks/Peers/kl_f8_decoder_onnx.py WEIGHTS.safetensors DECODER.onnx`.";

    public string Remark => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, differs from the library by {Difference():G2}";

    private static string? Model => Environment.GetEnvironmentVariable(Variable) is { } path && File.Exists(path) ? path : null;

    /// <summary>Writes the weights of the decoder that the other kl-f8 workloads use, with the published keys.</summary>
    public static void WriteWeights(string path)
    {
        using var model = KlF8.Create();
        SafetensorsFile.Write(path, model.Network.state_dict().Where(pair => pair.Key.Split('.')[0] is "post_quant_conv" or "decoder"));
    }

    public void Run() => Decode().Dispose();

    public void Dispose()
    {
        input.Dispose();
        runOptions.Dispose();
        session.Dispose();
        latents.Dispose();
    }

    private IDisposableReadOnlyCollection<OrtValue> Decode() => session.Run(runOptions, [Input], [input], [Output]);

    // The peer must compute the same, or its time says nothing. Compared before clamping, which could hide a difference.
    private double Difference()
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        using var model = KlF8.Create();
        using var convolutions = new ConvolutionScope(model.Convolutions);          // as in a call of the model
        using var outputs = Decode();
        var images = tensor(outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[0].GetTensorTypeAndShape().Shape);
        return (((IAutoencoderNetwork)model.Network).DecodeLatents(latents) - images).abs().max().item<float>();
    }
}
