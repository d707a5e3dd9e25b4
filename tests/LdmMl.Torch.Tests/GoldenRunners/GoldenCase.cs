using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Onnx;
using LdmMl.Torch.Tests.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>One folder of goldens: hyper-parameters, weights, inputs, and the outputs that the reference computed from them.</summary>
internal sealed class GoldenCase(string group, string name, string folder, ConvolutionMode convolutions) : IDisposable
{
    // A case's own tolerance is about ten times the reference's difference from float64. For an output with few values, such as the largest of an
    // activation, that difference can be small by chance, unlike that of sums in another order. They stay within this share of the output: the
    // largest
    // seen where a tolerance is smaller is 0.73e-6 in Exact (convolutions that are libtorch's own, but channels last).
    private const double SumError = 1e-6;

    // F(4x4, 3x3) costs a layer two bits compared with libtorch: its relative error is 2e-6 to 4e-6 instead of 0.4e-6 to 1e-6. The largest shares
    // seen
    // of a correspondingly wider bound: 0.46 in lpips, 0.18 in autoencoder-kl, 0.21 in autoencoder-vq, 0.19 in unet, 0.13 in the others. Bytes and
    // indices are equal even so.
    private const double LargeTileFactor = 4;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Dictionary<string, StateDictionary> files = [];
    private readonly HashSet<string> compared = [];
    private readonly List<string> failures = [];
    private string? through;

    public string Name => name;

    public string Folder => folder;

    /// <summary>Gets how networks must compute their 3x3 convolutions.</summary>
    public ConvolutionMode Convolutions => convolutions;

    /// <summary>Gets how many layers used the largest tiles, in the networks that were counted.</summary>
    public int LargeTileLayers { get; private set; }

    /// <summary>Gets the hyper-parameters of the case. <see cref="AssertComplete"/> fails for each key that nobody read.</summary>
    public CaseSettings Settings { get; } = new(ReadJson(folder, "config.json").AsObject());

    public StateDictionary Inputs => Tensors("inputs.safetensors");

    public StateDictionary Outputs => Tensors("outputs.safetensors");

    private JsonNode Tolerances { get; } = ReadJson(folder, "tolerance.json");

    /// <summary>Gets the weights, as float32: those in the file and those that the config's generator creates.</summary>
    public StateDictionary Weights()
    {
        var weights = new StateDictionary();
        if (File.Exists(PathOf("weights.safetensors")))
        {
            foreach (var (key, tensor) in Tensors("weights.safetensors"))
                weights.Add(key, tensor.is_floating_point() ? tensor.to(ScalarType.Float32, copy: true) : tensor.clone());
        }
        foreach (var (key, tensor) in GeneratedTensors.FromSettings(Settings))
            weights.Add(key, tensor);
        return weights;
    }

    public string PathOf(string file) => Path.Combine(folder, file);

    /// <summary>Whether the case has an output; the cases of a group have different ones.</summary>
    public bool Wants(string output) => Outputs.ContainsKey(output);

    /// <summary>Lists the case's outputs with a prefix, without the prefix.</summary>
    public IReadOnlyList<string> OutputsAfter(string prefix) =>
        [.. Outputs.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..])];

    /// <summary>
    /// Compares one output with the reference's: the largest difference must be within the case's tolerance for it. One that the case does
    /// not have is not compared; one of the case's that was never compared fails in <see cref="AssertComplete"/>.
    /// </summary>
    /// <param name="output">The name of the output.</param>
    /// <param name="actual">What this library computes.</param>
    /// <param name="allowed">A larger tolerance that the case's description states; 0 for none.</param>
    public void Check(string output, Tensor actual, double allowed = 0)
    {
        compared.Add(output);
        CheckAs(through is null ? output : $"{output} by {through}", output, actual, allowed);
    }

    /// <summary>Compares with what something else than the library's own networks computes; failures name it.</summary>
    public void Through(string other, Action check)
    {
        through = other;
        check();
        through = null;
    }

    private void CheckAs(string title, string output, Tensor actual, double allowed = 0)
    {
        if (!Outputs.TryGetValue(output, out var expected))
            return;
        using var _ = NewDisposeScope();
        if (!actual.shape.SequenceEqual(expected.shape))
        {
            failures.Add($"{title}: shape [{string.Join(", ", actual.shape)}], the reference has [{string.Join(", ", expected.shape)}]");
            return;
        }
        var difference = LargestDifference(actual, expected);
        var tolerance = Math.Max(Tolerance(output, expected), allowed);
        if (!(difference <= tolerance))
            failures.Add($"{title}: differs by {difference:G4}, the tolerance is {tolerance:G4}");
    }

    /// <summary>Compares one scalar output with the reference's.</summary>
    public void Check(string output, double actual, double allowed = 0)
    {
        using var value = tensor(actual, dtype: ScalarType.Float64);
        Check(output, Outputs.TryGetValue(output, out var expected) ? value.reshape(expected.shape) : value, allowed);
    }

    /// <summary>
    /// Compares an output with what ONNX Runtime computes from the network's exported graph, once, in <see cref="ConvolutionMode.Direct"/>.
    /// </summary>
    /// <param name="output">The name of the case's output; one that the case does not have is not compared.</param>
    /// <param name="graph">Creates the graph.</param>
    /// <param name="result">The name of the graph's output.</param>
    /// <param name="inputs">The graph's inputs.</param>
    public void CheckExported(string output, Func<Graph> graph, string result, params (string Name, Tensor Value)[] inputs) =>
        CheckExported(output, graph, result, values => values, inputs);

    /// <inheritdoc cref="CheckExported(string, Func{Graph}, string, ValueTuple{string, Tensor}[])"/>
    public void CheckExported(string output, Func<Graph> graph, string result, Func<Tensor, Tensor> shape, params (string Name, Tensor Value)[] inputs)
    {
        if (convolutions == ConvolutionMode.Direct && Outputs.ContainsKey(output))
            CheckAs($"{output} by ONNX Runtime", output, shape(OnnxRun.Run(graph(), result, inputs)));
    }

    /// <summary>Records a difference that is not in any output.</summary>
    public void Require(bool holds, string wrong)
    {
        if (!holds)
            failures.Add(wrong);
    }

    /// <summary>Skips the activation of a layer that a fast mode fuses with another. In <see cref="ConvolutionMode.Direct"/> there are
    /// none.</summary>
    public void PassOver(string output)
    {
        if (convolutions != ConvolutionMode.Direct)
            compared.Add(output);
    }

    /// <summary>Counts the layers of a network, after its run, that used the largest tiles.</summary>
    public void NoteFastLayers(nn.Module network) =>
        LargeTileLayers += network.modules().OfType<ImageConvolution>().Count(layer => layer.HasUsed(WinogradTile.F4));

    /// <summary>Fails unless every output of the case was compared, all agree, and every key of its config was read.</summary>
    public void AssertComplete()
    {
        var forgotten = (File.Exists(PathOf("outputs.safetensors")) ? Outputs.Keys : [])
            .Where(output => !compared.Contains(output))
            .Select(output => $"{output}: unsupported, not computed");
        var unread = Settings.Unread().Where(key => !DescriptiveKeys.Contains(group, key))
            .Select(key => $"config.json: unsupported, nothing reads {key}");
        var all = failures.Concat(forgotten).Concat(unread).ToArray();
        Assert.True(all.Length == 0, $"{group}/{name}, {convolutions}:\n" + string.Join('\n', all));
    }

    public void Dispose()
    {
        foreach (var file in files.Values)
            file.Dispose();
        scope.Dispose();
    }

    private double Tolerance(string output, Tensor expected)
    {
        var own = Tolerances[output]?["atol"]?.GetValue<double>() ?? 0;   // exact if the case states none (indices, bytes)
        if (own == 0 || convolutions == ConvolutionMode.Direct)
            return own;
        var exact = Math.Max(own, SumError * expected.to(ScalarType.Float64).abs().max().item<double>());
        return convolutions == ConvolutionMode.Exact ? exact : LargeTileFactor * exact;
    }

    // Equal infinities and NaNs at the same places are equal.
    private static double LargestDifference(Tensor actual, Tensor expected)
    {
        if (expected.numel() == 0)
            return 0;
        var a = actual.detach().to(ScalarType.Float64).cpu();
        var b = expected.to(ScalarType.Float64);
        var same = a.eq(b) | (a.isnan() & b.isnan());
        return where(same, zeros_like(a), (a - b).abs()).max().item<double>();
    }

    private StateDictionary Tensors(string file)
    {
        if (!files.TryGetValue(file, out var tensors))
            files[file] = tensors = SafetensorsFile.Read(PathOf(file));
        return tensors;
    }

    private static JsonNode ReadJson(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? JsonNode.Parse(LdmMl.Torch.Checkpoints.Configs.PythonJson.Quoted(File.ReadAllText(path)))! : new JsonObject();
    }
}
