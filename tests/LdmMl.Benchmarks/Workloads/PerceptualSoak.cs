using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using TorchSharp;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Scores many pairs and watches the memory: LPIPS over SqueezeNet 1.1, 32x32 pixels, 16 pairs per call.</summary>
internal static class PerceptualSoak
{
    private const int Batch = 16;
    private const long Side = 32;

    public static IEnumerable<(int Pairs, double ResidentMegabytes, long LiveTensors)> Run(int pairs, int looks)
    {
        using var model = LpipsWeights.Open(PerceptualTrunkConfig.SqueezeNet);
        var (images, others) = LpipsWeights.Pairs(Batch, Side);
        using (images)
        using (others)
        {
            for (var done = Batch; done <= pairs; done += Batch)
            {
                model.Distances(images, others, PixelRange.MinusOneToOne, spatial: true).Dispose();
                if (done * looks / pairs != (done - Batch) * looks / pairs)
                    yield return (done, Environment.WorkingSet / 1e6, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
            }
        }
    }
}
