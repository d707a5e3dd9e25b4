using System.Globalization;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Testing;

/// <summary>Files of trunks and heads with random weights and the published keys.</summary>
internal sealed class PerceptualFilesOfTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("perceptual-");

    /// <summary>A plan small enough for every test.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> SmallPlan { get; } = [[8, 8], [12], [20, 16]];

    public string PathOf(string name) => Path.Combine(folder.FullName, name);

    /// <summary>Writes a trunk with torchvision's keys.</summary>
    public string Trunk(PerceptualTrunkConfig trunk, Action<Dictionary<string, Tensor>>? change = null, string name = "trunk.safetensors")
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        using var network = new PerceptualNetwork(trunk, withHeads: false);
        var weights = network.state_dict().ToDictionary(pair => pair.Key, pair => Random(pair.Key, pair.Value.shape, generator));
        return Write(weights, change, name);
    }

    /// <summary>Writes heads for a trunk; like the published ones, they are not negative.</summary>
    public string Heads(PerceptualTrunkConfig trunk, Action<Dictionary<string, Tensor>>? change = null, string name = "heads.safetensors")
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        var heads = trunk.LayerChannels.Select((channels, layer) => (Key: string.Create(CultureInfo.InvariantCulture, $"lin{layer}.model.1.weight"), Value: rand([1, channels, 1, 1], generator: generator)));
        return Write(heads.ToDictionary(head => head.Key, head => head.Value), change, name);
    }

    /// <summary>Opens a small uncalibrated model.</summary>
    public PerceptualModel Small() => PerceptualModel.LoadUncalibrated(Trunk(PerceptualTrunkConfig.Vgg(SmallPlan)));

    /// <summary>Opens LPIPS with random weights.</summary>
    public PerceptualModel Lpips(PerceptualTrunkConfig trunk, LpipsVersion version = LpipsVersion.V01) => PerceptualModel.LoadLpips(Trunk(trunk), Heads(trunk), version);

    /// <summary>Creates images in [0, 1].</summary>
    public static Tensor Images(ulong seed, params long[] shape)
    {
        using var generator = new Generator(seed, CPU);
        return rand(shape, generator: generator);
    }

    public void Dispose() => folder.Delete(recursive: true);

    // Uniform with variance 2 / fan-in, so that activations neither vanish nor grow.
    private static Tensor Random(string key, long[] shape, Generator generator)
    {
        var bound = key.EndsWith("bias", StringComparison.Ordinal) ? 0.1 : Math.Sqrt(6.0 / shape.Skip(1).Aggregate(1L, (a, b) => a * b));
        return empty(shape).uniform_(-bound, bound, generator);
    }

    private string Write(Dictionary<string, Tensor> weights, Action<Dictionary<string, Tensor>>? change, string name)
    {
        change?.Invoke(weights);
        SafetensorsFile.Write(PathOf(name), weights);
        return PathOf(name);
    }
}
