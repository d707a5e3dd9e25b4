using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Streams a column of 512 features through EvaluateGeneration and watches the resident memory.</summary>
internal static class EvaluationSoak
{
    private const int Dimensions = 512, Looks = 10;

    /// <summary>Compares a set of many rows with one of 10,000, and prints the memory at every tenth of the rows and at the end.</summary>
    public static void Print(int rows, TextWriter output)
    {
        var context = new MLContext();
        var real = context.Data.LoadFromEnumerable(Rows(rows, seed: 1, row => output.WriteLine($"{row} rows: {Megabytes:F0} MB resident")));
        var generated = context.Data.LoadFromEnumerable(Rows(10_000, seed: 2, _ => { }));

        var metrics = context.LatentDiffusion().EvaluateGeneration(real, generated);

        output.WriteLine(
            $"{metrics.RealCount} real and {metrics.GeneratedCount} generated rows: {metrics.FrechetDistanceName} {metrics.FrechetDistance:G6}, "
            + $"kernel distance {metrics.KernelDistance:G3}, coverage {metrics.Coverage:F3}; {Megabytes:F0} MB resident");
    }

    private static double Megabytes => Environment.WorkingSet / 1e6;

    private static IEnumerable<FeatureRow> Rows(int count, int seed, Action<int> look)
    {
        var random = new Random(seed);
        for (var row = 1; row <= count; row++)
        {
            var features = new float[Dimensions];
            for (var at = 0; at < features.Length; at++)
                features[at] = random.NextSingle() + random.NextSingle();
            yield return new FeatureRow { Features = features };
            if (row % (count / Looks) == 0)
                look(row);
        }
    }

    private sealed class FeatureRow
    {
        [VectorType(Dimensions)]
        public float[] Features { get; set; } = [];
    }
}
