using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Onnx;
using LdmMl.Torch.Tensors;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// A network that the library exported, in ONNX Runtime with every graph optimisation and as many threads as libtorch, for the inputs of the
/// library's own workload.
/// </summary>
internal sealed class OnnxPeer : IWorkload
{
    private readonly InferenceSession session;
    private readonly RunOptions runOptions = new();
    private readonly string[] names;
    private readonly OrtValue[] inputs;
    private readonly string output;
    private readonly double difference;

    private OnnxPeer(Action<string> export, string file, string output, Func<Tensor> library, params (string Name, Tensor Value)[] inputs)
    {
        this.output = output;
        names = [.. inputs.Select(input => input.Name)];
        this.inputs = [.. inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input.Value.data<float>().ToArray(), input.Value.shape))];
        session = Open(export, file);
        difference = Difference(library);
        foreach (var (_, value) in inputs)
            value.Dispose();
    }

    // The peer must compute the same, or its time says nothing.
    public string Remark => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, differs from the library by {difference:G2} of the largest value";

    /// <summary>Decodes one image of 256x256.</summary>
    public static OnnxPeer Decode(AutoencoderConfig config)
    {
        using var model = AutoencoderModel.Create(config, seed: 1);
        var latents = KlF8.Latents();
        return new(model.SaveAsOnnx, "vae_decoder/model.onnx", "sample", () => InMode(() => ((IAutoencoderNetwork)model.Network).DecodeLatents(latents)),
            ("latent_sample", latents));
    }

    /// <summary>Encodes one image of 256x256 with kl-f8.</summary>
    public static OnnxPeer Encode()
    {
        using var model = KlF8.Create();
        var images = KlF8.Images();
        return new(model.SaveAsOnnx, "vae_encoder/model.onnx", "latent_parameters", () => InMode(() => ((IAutoencoderNetwork)model.Network).EncodeLatents(images, noise: null)),
            ("sample", images));
    }

    /// <summary>Scores pairs with LPIPS over VGG-16.</summary>
    public static OnnxPeer Lpips(long pairs, long side)
    {
        using var model = LpipsWeights.Open(PerceptualTrunkConfig.Vgg16);
        var (images, others) = LpipsWeights.Pairs(pairs, side);
        return new(
            folder => model.SaveAsOnnx(Path.Combine(folder, "lpips.onnx")), "lpips.onnx", "distance",
            () => model.Distance(images, others, PixelRange.MinusOneToOne), ("image", images), ("reference", others));
    }

    /// <summary>Takes one step of a U-Net.</summary>
    public static OnnxPeer Step(UNetConfig config, int rows, int side, int tokens = 0)
    {
        using var network = UNetStep.Create(config);
        var (states, times) = (KlF8.Noise(2, rows, config.InputChannels, side, side), full([rows], Real(501f)));
        var context = config.ContextDimension is { } width ? KlF8.Noise(5, rows, tokens, width) : null;
        List<(string, Tensor)> inputs = [("sample", states), ("timestep", times)];
        if (context is not null)
            inputs.Add(("encoder_hidden_states", context));
        return new(
            folder => network.SaveAsOnnx(Path.Combine(folder, "unet.onnx")), "unet.onnx", "out_sample",
            () => InMode(() => network.Predict(states, times, new UNetConditions(context))), [.. inputs]);
    }

    public void Run() => Compute().Dispose();

    public void Dispose()
    {
        foreach (var input in inputs)
            input.Dispose();
        runOptions.Dispose();
        session.Dispose();
    }

    private static InferenceSession Open(Action<string> export, string file)
    {
        var folder = Directory.CreateTempSubdirectory("onnx-peer-");
        try
        {
            export(folder.FullName);
            using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL, IntraOpNumThreads = get_num_threads() };
            return new InferenceSession(Path.Combine(folder.FullName, file), options);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // As in a call of a model.
    private static Tensor InMode(Func<Tensor> call)
    {
        using var convolutions = new ConvolutionScope(ConvolutionMode.Auto);
        return call();
    }

    private IDisposableReadOnlyCollection<OrtValue> Compute() => session.Run(runOptions, names, inputs, [output]);

    private double Difference(Func<Tensor> library)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var outputs = Compute();
        var own = library();
        var exported = tensor(outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[0].GetTensorTypeAndShape().Shape);
        var compared = own.dim() == 4 ? exported.narrow(1, 0, own.shape[1]) : exported;         // means come before variances
        return ((own - compared).abs().max() / own.abs().max()).item<float>();
    }
}
