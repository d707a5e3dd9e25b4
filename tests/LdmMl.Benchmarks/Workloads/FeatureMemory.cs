using LdmMl.Torch.Metrics;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Resident memory while features stream into set metrics.</summary>
internal static class FeatureMemory
{
    private const int Dimensions = 2_048, Batch = 50;

    /// <summary>Streams 100,000 rows and prints the resident memory after every 10,000.</summary>
    public static void PrintRows(TextWriter output)
    {
        TorchRuntime.EnsureLoaded();
        using var generator = new Generator(1, CPU);
        var (statistics, sample) = (new FrechetStatistics(Dimensions), new FeatureSample(Dimensions));
        for (var row = Batch; row <= 100_000; row += Batch)
        {
            using (NewDisposeScope())
            {
                var features = randn(Batch, Dimensions, generator: generator);
                statistics.Add(features);
                sample.Add(features);
            }

            if (row % 10_000 == 0)
                output.WriteLine($"{row} rows: {Megabytes("VmRSS:"):F0} MB, {sample.HeldCount} rows held");
        }
    }

    /// <summary>Prints how much more than its input the Fréchet distance of 50,000 rows needs at its peak.</summary>
    public static void PrintFrechetPeak(TextWriter output)
    {
        using var workload = new FrechetDistance();
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5");   // resets the peak
        var before = Megabytes("VmRSS:");
        workload.Run();
        output.WriteLine($"Fréchet distance of 50,000 x 2,048 features: peak {Megabytes("VmHWM:") - before:F0} MB beyond the input (goal < 400).");
    }

    private static double Megabytes(string field)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024 / 1e6;
    }
}
