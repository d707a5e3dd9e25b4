using System.Globalization;
using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Metrics;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>A similarity of two images of one megapixel.</summary>
internal sealed class QualityMetric(Func<byte[], byte[], double> metric) : IWorkload
{
    private readonly (byte[] Reference, byte[] Candidate) images = QualityImages.Make();
    private double value;

    public static QualityMetric Ssim(SsimSettings settings) =>
        new((a, b) => LdmMl.Torch.Metrics.Ssim.Compute(a, b, QualityImages.Side, QualityImages.Side, 3, settings));

    public static QualityMetric MsSsim() => new((a, b) => LdmMl.Torch.Metrics.MsSsim.Compute(a, b, QualityImages.Side, QualityImages.Side, 3));

    public string Remark => value.ToString("F6", CultureInfo.InvariantCulture);

    public void Run() => value = metric(images.Reference, images.Candidate);

    public void Dispose()
    {
    }
}
