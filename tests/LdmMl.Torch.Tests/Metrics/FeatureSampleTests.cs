using CsCheck;
using LdmMl.Torch.Metrics;
using static LdmMl.Torch.Tests.Metrics.FeatureSets;

namespace LdmMl.Torch.Tests.Metrics;

public class FeatureSampleTests
{
    [Fact]
    public void The_sample_depends_neither_on_order_nor_on_parts() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[1, 60], Gen.Int[1, 30]).Sample((seed, count, capacity) =>
        {
            var rows = Draw(seed, count, 3).Chunk(3).ToArray();
            var whole = Sample([.. rows.SelectMany(row => row)], 3, capacity);
            new Random(seed).Shuffle(rows);
            var merged = Sample([.. rows[..(count / 2)].SelectMany(row => row)], 3, capacity);
            merged.Merge(Sample([.. rows[(count / 2)..].SelectMany(row => row)], 3, capacity));
            Assert.Equal((whole.Count, whole.HeldCount), (merged.Count, merged.HeldCount));
            Assert.Equal(Math.Min(count, capacity), whole.HeldCount);
            Assert.Equal(Held(whole), Held(merged));
        }, iter: 100);

    [Fact]
    public void Every_row_is_equally_likely_to_be_kept()
    {
        const int Capacity = 200;
        var sample = new FeatureSample(1, Capacity);
        sample.Add([.. Enumerable.Range(0, 2000).Select(i => (float)i)]);
        var held = Held(sample);
        Assert.Equal(Capacity, held.Distinct().Count());

        // The mean of 200 of 0..1999 has a standard deviation of 39.
        Assert.InRange(held.Average(), 999.5 - 150, 999.5 + 150);
    }

    [Fact]
    public void Another_seed_keeps_other_rows()
    {
        var rows = Draw(1, 100, 3);
        var other = new FeatureSample(3, 10, seed: 1);
        other.Add(rows);
        Assert.NotEqual(Held(Sample(rows, 3, 10)), Held(other));
    }

    [Fact]
    public void Samples_with_different_settings_are_not_merged()
    {
        var error = Assert.Throws<ArgumentException>(() => new FeatureSample(3, 10).Merge(new FeatureSample(3, 20, seed: 4)));
        Assert.StartsWith("Samples of capacity 10 and 20, seed 0 and 4 cannot be merged. Give both parts the same two numbers.", error.Message);
    }

    private static double[] Held(FeatureSample sample)
    {
        using var rows = sample.Rows(0, sample.HeldCount);
        return rows.data<double>().ToArray();
    }
}
