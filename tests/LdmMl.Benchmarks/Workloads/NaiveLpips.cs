using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// LPIPS-VGG as one would first write it: eager operations in the order of the paper's code, one image of a pair after the other, no in-place
/// operations, one dispose scope around everything. The peer with which the library is compared.
/// </summary>
/// <param name="weights">The state dictionary with torchvision's keys and those of the heads.</param>
internal sealed class NaiveLpips(IReadOnlyDictionary<string, Tensor> weights)
{
    private static readonly int[][] Stages = [[0, 2], [5, 7], [10, 12, 14], [17, 19, 21], [24, 26, 28]];

    public Tensor Distance(Tensor images, Tensor others)                         // [B, 3, H, W] x 2 -> [B]
    {
        using var scope = NewDisposeScope();
        var (first, second) = (Trunk(images), Trunk(others));
        var total = zeros(images.shape[0]);
        for (var layer = 0; layer < Stages.Length; layer++)
        {
            var difference = (Normalize(first[layer]) - Normalize(second[layer])).pow(Whole(2));
            total = total.Plus(functional.conv2d(difference, weights[$"lin{layer}.model.1.weight"]).mean([1, 2, 3]));
        }

        return scope.MoveToOuter(total);
    }

    private Tensor[] Trunk(Tensor images)
    {
        var shift = tensor(new[] { -0.030f, -0.088f, -0.188f }).view(1, 3, 1, 1);
        var scale = tensor(new[] { 0.458f, 0.448f, 0.450f }).view(1, 3, 1, 1);
        var h = (images - shift) / scale;
        var layers = new List<Tensor>();
        foreach (var stage in Stages)
        {
            if (layers.Count > 0)
                h = functional.max_pool2d(h, 2, 2);
            foreach (var index in stage)
                h = functional.relu(functional.conv2d(h, weights[$"features.{index}.weight"], weights[$"features.{index}.bias"], padding: [1, 1]));
            layers.Add(h);
        }

        return [.. layers];
    }

    private static Tensor Normalize(Tensor x) => x / (x.pow(Whole(2)).sum(1, keepdim: true).sqrt() + Real(1e-10));
}
