using LdmMl.Torch.Metrics;

namespace LdmMl.Torch.Tests.Metrics;

/// <summary>Small sets of features drawn from normal distributions, and their statistics.</summary>
internal static class FeatureSets
{
    /// <summary>Draws rows [count, dimensions] around a mean; neighbouring features are correlated.</summary>
    public static float[] Draw(int seed, int count, int dimensions, double mean = 0)
    {
        var random = new Random(seed);
        var rows = new float[count * dimensions];
        var last = 0.0;
        for (var i = 0; i < rows.Length; i++)
        {
            last = (0.5 * last) + Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            rows[i] = (float)(mean + (last * (1 + (i % dimensions / 4.0))));
        }

        return rows;
    }

    public static FrechetStatistics StatisticsOf(ReadOnlySpan<float> rows, int dimensions)
    {
        var statistics = new FrechetStatistics(dimensions);
        statistics.Add(rows);
        return statistics;
    }

    public static FeatureSample Sample(ReadOnlySpan<float> rows, int dimensions, int capacity = 10_000)
    {
        var sample = new FeatureSample(dimensions, capacity);
        sample.Add(rows);
        return sample;
    }
}
