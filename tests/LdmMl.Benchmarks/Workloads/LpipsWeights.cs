using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// Random weights of a published trunk and its heads (the time does not depend on them), scaled so that activations neither vanish nor grow.
/// </summary>
internal static class LpipsWeights
{
    private const int Seed = 1;

    /// <summary>Opens the model through files, as a program does.</summary>
    public static PerceptualModel Open(PerceptualTrunkConfig trunk)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(Seed, CPU);
        var folder = Directory.CreateTempSubdirectory("lpips-");
        try
        {
            using var network = new PerceptualNetwork(trunk, withHeads: true);
            var weights = network.state_dict().Select(pair => KeyValuePair.Create(pair.Key, Draw(pair.Key, pair.Value.shape, generator))).ToArray();
            var (backbone, heads) = (Path.Combine(folder.FullName, "trunk.safetensors"), Path.Combine(folder.FullName, "heads.safetensors"));
            SafetensorsFile.Write(backbone, weights.Where(pair => pair.Key.StartsWith("features.", StringComparison.Ordinal)));
            SafetensorsFile.Write(heads, weights.Where(pair => pair.Key.StartsWith("lin", StringComparison.Ordinal)));
            return PerceptualModel.LoadLpips(backbone, heads);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Creates smooth images in [-1, 1] and copies that are distorted more and more from row to row.</summary>
    public static (Tensor Images, Tensor Others) Pairs(long count, long side)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(Seed + 1, CPU);
        var coarse = rand([count, 3, 8, 8], generator: generator);
        var images = nn.functional.interpolate(coarse, size: [side, side], mode: InterpolationMode.Bilinear, align_corners: false)
            .mul_(Real(2)).sub_(Real(1));
        var strength = linspace(0.02, 0.3, count).view(-1, 1, 1, 1);
        var others = images.Plus(strength * randn([count, 3, side, side], generator: generator)).clamp_(Real(-1), Real(1));
        scope.MoveToOuter(images, others);
        return (images, others);
    }

    private static Tensor Draw(string key, long[] shape, Generator generator)
    {
        if (key.StartsWith("lin", StringComparison.Ordinal))
            return rand(shape, generator: generator);
        var bound = key.EndsWith("bias", StringComparison.Ordinal) ? 0.05 : Math.Sqrt(6.0 / shape.Skip(1).Aggregate(1L, (a, b) => a * b));
        return empty(shape).uniform_(-bound, bound, generator);
    }
}
