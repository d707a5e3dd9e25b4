using System.Globalization;
using System.Runtime.InteropServices;
using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>The Fréchet distance of 50,000 features of 2,048 dimensions from a set with known statistics.</summary>
internal sealed class FrechetDistance : IWorkload
{
    private const int Rows = 50_000, Dimensions = 2_048, Batch = 250;

    private readonly Tensor features;
    private readonly FrechetStatistics known = Known();
    private double value;

    public FrechetDistance()
    {
        TorchRuntime.EnsureLoaded();
        using var generator = new Generator(1, CPU);
        features = empty(Rows, Dimensions, ScalarType.Float32);
        for (var start = 0; start < Rows; start += Batch)
        {
            using var scope = NewDisposeScope();
            features.narrow(0, start, Batch).copy_(randn(Batch, Dimensions, generator: generator) * linspace(0.5, 1.5, Dimensions));
        }
    }

    public string Remark => value.ToString("F6", CultureInfo.InvariantCulture);

    public void Run()
    {
        var statistics = new FrechetStatistics(Dimensions);
        for (var start = 0; start < Rows; start += Batch)
            statistics.Add(MemoryMarshal.Cast<byte, float>(features.bytes).Slice(start * Dimensions, Batch * Dimensions));
        value = statistics.FrechetDistance(known).Distance;
    }

    public void Dispose() => features.Dispose();

    /// <summary>Creates the statistics of the other set: means of 0.1, variances from 1 to 2.</summary>
    private static FrechetStatistics Known()
    {
        var (mean, covariance) = (new double[Dimensions], new double[Dimensions * Dimensions]);
        for (var i = 0; i < Dimensions; i++)
            (mean[i], covariance[i * (Dimensions + 1)]) = (0.1, 1 + (i / (Dimensions - 1.0)));
        var path = Path.GetTempFileName();
        using (var file = File.Create(path))
            StatisticsFile.Write(file, mean, covariance, Rows);
        var statistics = FrechetStatistics.Load(path);
        File.Delete(path);
        return statistics;
    }
}
