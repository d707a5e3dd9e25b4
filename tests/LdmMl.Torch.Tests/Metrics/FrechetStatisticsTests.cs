using CsCheck;
using LdmMl.Torch.Metrics;
using TorchSharp;
using static LdmMl.Torch.Tests.Metrics.FeatureSets;

namespace LdmMl.Torch.Tests.Metrics;

public class FrechetStatisticsTests
{
    private static readonly Gen<(int Seed, int First, int Second, int Dimensions)> Sets =
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[2, 60], Gen.Int[2, 60], Gen.Int[1, 12]);

    [Fact]
    public void Equal_sets_are_at_distance_zero_even_where_covariances_are_singular() =>
        Sets.Sample(set =>
        {
            var rows = Draw(set.Seed, set.First, set.Dimensions);
            return StatisticsOf(rows, set.Dimensions).FrechetDistance(StatisticsOf(rows, set.Dimensions)).Distance < 1e-9;
        }, iter: 50);

    [Fact]
    public void The_distance_is_symmetric_and_not_negative() =>
        Sets.Sample(set =>
        {
            var first = StatisticsOf(Draw(set.Seed, set.First, set.Dimensions), set.Dimensions);
            var second = StatisticsOf(Draw(set.Seed + 1, set.Second, set.Dimensions, mean: 0.3), set.Dimensions);
            var there = first.FrechetDistance(second).Distance;
            Assert.True(there >= 0);
            Assert.Equal(there, second.FrechetDistance(first).Distance, 1e-10 * (1 + there));
        }, iter: 50);

    [Fact]
    public void Rotating_both_sets_preserves_the_distance() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Double[0, 6.28]).Sample((seed, angle) =>
        {
            var first = Draw(seed, 40, 2);
            var second = Draw(seed + 1, 50, 2, mean: 1);
            var straight = StatisticsOf(first, 2).FrechetDistance(StatisticsOf(second, 2)).Distance;
            var turned = StatisticsOf(Turn(first, angle), 2).FrechetDistance(StatisticsOf(Turn(second, angle), 2)).Distance;
            Assert.Equal(straight, turned, 1e-5 * (1 + straight));   // rotated features are rounded to float
        }, iter: 50);

    [Fact]
    public void Along_one_feature_the_distance_has_a_closed_form()
    {
        var first = StatisticsOf([1f, 3f], 1);         // mean 2, variance 2
        var second = StatisticsOf([4f, 10f], 1);       // mean 7, variance 18
        Assert.Equal(25 + Math.Pow(Math.Sqrt(18) - Math.Sqrt(2), 2), first.FrechetDistance(second).Distance, 1e-12);
    }

    [Fact]
    public void Parts_merged_in_any_order_equal_one_run_to_twelve_digits() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[1, 7], Gen.Double[0, 1000]).Sample((seed, parts, mean) =>
        {
            const int Dimensions = 5;
            var rows = Draw(seed, 1300, Dimensions, mean);
            var shards = Shards(rows, Dimensions, parts);
            new Random(seed).Shuffle(shards);
            var merged = new FrechetStatistics(Dimensions);
            foreach (var shard in shards)
                merged.Merge(StatisticsOf(shard, Dimensions));
            var whole = StatisticsOf(rows, Dimensions);
            Assert.Equal(whole.Count, merged.Count);
            AssertClose(whole.Mean(), merged.Mean());
            AssertClose(whole.Covariance(), merged.Covariance());
        }, iter: 20);

    [Fact]
    public void The_size_of_the_batches_does_not_matter()
    {
        var rows = Draw(3, 1100, 4);
        var batched = new FrechetStatistics(4);
        foreach (var batch in rows.Chunk(4 * 7))
            batched.Add(batch);
        AssertClose(StatisticsOf(rows, 4).Covariance(), batched.Covariance());
    }

    [Fact]
    public void A_mean_far_from_zero_costs_no_digits()
    {
        // These features and their shift are exact in single precision.
        var rows = Draw(5, 900, 3).Select(value => MathF.Round(value * 8)).ToArray();
        var far = rows.Select(value => value + 1_000_000).ToArray();
        AssertClose(StatisticsOf(rows, 3).Covariance(), StatisticsOf(far, 3).Covariance());
    }

    [Fact]
    public void The_covariance_of_wide_features_equals_its_definition()
    {
        const int Count = 40, Dimensions = 300;   // more than a panel of the sums
        var rows = Draw(9, Count, Dimensions);
        var mean = Enumerable.Range(0, Dimensions).Select(d => Enumerable.Range(0, Count).Average(n => (double)rows[(n * Dimensions) + d])).ToArray();
        var covariance = StatisticsOf(rows, Dimensions).Covariance();
        foreach (var (i, j) in new[] { (0, 0), (0, 299), (299, 0), (255, 256), (256, 255), (280, 290), (299, 299) })
        {
            var expected = Enumerable.Range(0, Count).Sum(n => (rows[(n * Dimensions) + i] - mean[i]) * (rows[(n * Dimensions) + j] - mean[j])) / (Count - 1);
            Assert.Equal(expected, covariance[(i * Dimensions) + j], 1e-9);
        }
    }

    [Theory]
    [InlineData(1, "A set holds a single image, whose covariance is unknown and counts as 0: the distance compares the means and counts the whole variance of the other set.")]
    [InlineData(4, "4 images are too few for 4 features: the covariance is singular and the distance is biased upwards. Compare it only with distances of equally many images.")]
    [InlineData(5, "5 images are fewer than 2,048: the distance is biased upwards. Compare it only with distances of equally many images.")]
    [InlineData(2048, null)]
    public void Few_images_give_a_value_and_a_warning(int count, string? warning)
    {
        var result = StatisticsOf(Draw(1, count, 4), 4).FrechetDistance(StatisticsOf(Draw(2, 2048, 4), 4));
        Assert.True(double.IsFinite(result.Distance));
        Assert.Equal(warning, result.Warning);
    }

    [Fact]
    public void Adding_and_comparing_leak_no_tensor()
    {
        var first = StatisticsOf(Draw(1, 600, 4), 4);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        first.Merge(StatisticsOf(Draw(2, 600, 4), 4));
        first.FrechetDistance(StatisticsOf(Draw(2, 1, 4), 4));
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Invalid_features_are_refused_with_their_row()
    {
        var statistics = StatisticsOf([1f, 2f, 3f, 4f], 2);
        Assert.Equal("3 values are not whole rows of 2 features.", Assert.Throws<ArgumentException>(() => statistics.Add([1f, 2f, 3f])).Message);
        Assert.Equal(
            "Row 3 holds a feature that is not a finite number. Leave the image out, or check the model that computed it.",
            Assert.Throws<ArgumentException>(() => statistics.Add([1f, 2f, 3f, float.NaN])).Message);
        Assert.Equal(2, statistics.Count);
        using var wide = torch.zeros(2, 3);
        Assert.StartsWith("Expected features [B, 2], got [2, 3].", Assert.Throws<ArgumentException>(() => statistics.Add(wide)).Message);
    }

    [Fact]
    public void Sets_that_cannot_be_compared_are_refused_with_the_remedy()
    {
        var statistics = new FrechetStatistics(2);
        Assert.Equal(
            "One set has features of 2 dimensions, the other of 3. Compute both with the same feature model.",
            Assert.Throws<ArgumentException>(() => statistics.FrechetDistance(new FrechetStatistics(3))).Message);
        Assert.Equal(
            "The set holds 0 rows of features; at least 1 is needed. Add features first.",
            Assert.Throws<InvalidOperationException>(() => statistics.FrechetDistance(new FrechetStatistics(2))).Message);
        Assert.StartsWith(
            "A set cannot be merged with itself: its images would count twice.",
            Assert.Throws<ArgumentException>(() => statistics.Merge(statistics)).Message);
    }

    private static float[][] Shards(float[] rows, int dimensions, int parts) =>
        [.. rows.Chunk(dimensions).Select((row, i) => (row, Part: i * i % parts)).GroupBy(row => row.Part).Select(part => part.SelectMany(row => row.row).ToArray())];

    private static float[] Turn(float[] rows, double angle) =>
        [.. rows.Chunk(2).SelectMany(row => new[]
        {
            (float)((row[0] * Math.Cos(angle)) - (row[1] * Math.Sin(angle))),
            (float)((row[0] * Math.Sin(angle)) + (row[1] * Math.Cos(angle))),
        })];

    private static void AssertClose(double[] expected, double[] actual)
    {
        var largest = expected.Max(Math.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-12 * largest));
    }
}
