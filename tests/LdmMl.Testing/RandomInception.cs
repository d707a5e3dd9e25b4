using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Features.Inception;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Testing;

/// <summary>Inception with the published shape and random weights.</summary>
public sealed class RandomInception : IDisposable
{
    public RandomInception()
    {
        using var weights = Weights();
        Model = InceptionFeatureModel.Create(weights, "random weights", fileHash: "00000000");
    }

    internal InceptionFeatureModel Model { get; }

    /// <summary>Weights with the published keys.</summary>
    public static StateDictionary Weights(bool counters = false)
    {
        using var generator = new Generator(7, CPU);
        using var network = new InceptionNetwork(META);
        var weights = new StateDictionary();
        foreach (var (key, shape) in InceptionWeights.PublishedKeys(network))
        {
            weights.Add(key, Values(key, shape, generator));
            if (counters && key.EndsWith(".running_var", StringComparison.Ordinal))
                weights.Add(key.Replace("running_var", "num_batches_tracked", StringComparison.Ordinal), tensor(0L));
        }
        return weights;
    }

    public static Tensor Images(long count, long height, long width, ulong seed = 3)
    {
        using var generator = new Generator(seed, CPU);
        return rand([count, 3, height, width], generator: generator);
    }

    public void Dispose() => Model.Dispose();

    private static Tensor Values(string key, long[] shape, Generator generator)
    {
        if (shape.Length == 4)
            return empty(shape).uniform_(-1, 1, generator).mul_(Real(Math.Sqrt(6.0 / (shape[1] * shape[2] * shape[3]))));
        if (shape.Length == 2)
            return zeros(shape);
        return key.EndsWith("weight", StringComparison.Ordinal) || key.EndsWith("running_var", StringComparison.Ordinal)
            ? empty(shape).uniform_(0.5, 1.5, generator)
            : empty(shape).uniform_(-0.1, 0.1, generator);
    }
}
