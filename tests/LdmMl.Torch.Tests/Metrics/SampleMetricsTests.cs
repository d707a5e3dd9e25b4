using CsCheck;
using LdmMl.Torch.Metrics;
using TorchSharp;
using static LdmMl.Torch.Tests.Metrics.FeatureSets;

namespace LdmMl.Torch.Tests.Metrics;

public class SampleMetricsTests
{
    private static readonly Gen<(int Seed, int First, int Second, int Dimensions)> Sets =
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 6]);

    [Fact]
    public void Equal_sets_have_full_precision_recall_and_coverage() =>
        Sets.Where(set => set.First > 5).Sample(set =>
        {
            var sample = Sample(Draw(set.Seed, set.First, set.Dimensions), set.Dimensions);
            var shares = PrecisionRecall.Compute(sample, sample);
            var around = DensityCoverage.Compute(sample, sample);
            Assert.Equal((1.0, 1.0, 1.0, 1.0), (shares.Precision, shares.Recall, around.Coverage, around.Density));
        }, iter: 50);

    [Fact]
    public void Repeated_images_have_balls_of_radius_zero_that_contain_their_copies()
    {
        var rows = Enumerable.Repeat(new[] { 0.1f, 0.7f, 0.3f }, 6).SelectMany(row => row).ToArray();
        var shares = PrecisionRecall.Compute(Sample(rows, 3), Sample(rows, 3));
        Assert.Equal((1.0, 1.0), (shares.Precision, shares.Recall));
    }

    [Fact]
    public void Values_equal_the_definitions() =>
        Sets.Where(set => set.First > 5 && set.Second > 5).Sample(set =>
        {
            var (real, generated) = (Draw(set.Seed, set.First, set.Dimensions), Draw(set.Seed + 1, set.Second, set.Dimensions, mean: 1));
            var shares = PrecisionRecall.Compute(Sample(real, set.Dimensions), Sample(generated, set.Dimensions));
            var around = DensityCoverage.Compute(Sample(real, set.Dimensions), Sample(generated, set.Dimensions));
            var (x, y) = (real.Chunk(set.Dimensions).ToArray(), generated.Chunk(set.Dimensions).ToArray());
            Assert.Equal((double)y.Count(point => Balls(x, 3).Any(ball => Distance(ball.Center, point) <= ball.Radius)) / y.Length, shares.Precision, 1e-12);
            Assert.Equal((double)x.Count(point => Balls(y, 3).Any(ball => Distance(ball.Center, point) <= ball.Radius)) / x.Length, shares.Recall, 1e-12);
            var balls = Balls(x, 5).ToArray();
            Assert.Equal(y.Sum(point => balls.Count(ball => Distance(ball.Center, point) < ball.Radius)) / (5.0 * y.Length), around.Density, 1e-12);
            Assert.Equal((double)balls.Count(ball => y.Any(point => Distance(ball.Center, point) < ball.Radius)) / x.Length, around.Coverage, 1e-12);
        }, iter: 30);

    [Fact]
    public void Swapping_the_sets_swaps_precision_and_recall_and_keeps_the_kernel_distance() =>
        Sets.Sample(set =>
        {
            var first = Sample(Draw(set.Seed, set.First, set.Dimensions), set.Dimensions);
            var second = Sample(Draw(set.Seed + 1, set.Second, set.Dimensions), set.Dimensions);
            var there = PrecisionRecall.Compute(first, second);
            var back = PrecisionRecall.Compute(second, first);
            Assert.Equal((there.Precision, there.Recall), (back.Recall, back.Precision));
            Assert.InRange(there.Precision, 0, 1);
            Assert.InRange(there.Recall, 0, 1);
            var distance = KernelDistance.Unbiased(first, second);
            Assert.True(double.IsFinite(distance));
            Assert.Equal(distance, KernelDistance.Unbiased(second, first), 1e-12 * (1 + Math.Abs(distance)));
        }, iter: 50);

    [Fact]
    public void The_kernel_distance_equals_its_definition()
    {
        const int Dimensions = 3;
        var (x, y) = (Draw(1, 7, Dimensions).Chunk(Dimensions).ToArray(), Draw(2, 9, Dimensions, mean: 1).Chunk(Dimensions).ToArray());
        double Kernel(float[] a, float[] b) => Math.Pow((a.Zip(b, (p, q) => (double)p * q).Sum() / Dimensions) + 1, 3);
        double Within(float[][] rows) => rows.SelectMany((a, i) => rows.Where((_, j) => i != j).Select(b => Kernel(a, b))).Average();
        var expected = Within(x) + Within(y) - (2 * x.SelectMany(a => y.Select(b => Kernel(a, b))).Average());
        var actual = KernelDistance.Unbiased(Sample([.. x.SelectMany(row => row)], Dimensions), Sample([.. y.SelectMany(row => row)], Dimensions));
        Assert.Equal(expected, actual, 1e-12 * Math.Abs(expected));
    }

    [Fact]
    public void Subsets_of_the_kernel_distance_vary_around_the_whole_and_are_reproducible()
    {
        var (real, generated) = (Sample(Draw(1, 400, 4), 4), Sample(Draw(2, 300, 4, mean: 0.5), 4));
        var settings = new KernelDistanceSettings { Subsets = 200, SubsetSize = 100, Seed = 5 };
        var result = KernelDistance.Compute(real, generated, settings);
        var whole = KernelDistance.Unbiased(real, generated);
        Assert.Equal((200, 100, null), (result.Subsets, result.SubsetSize, result.Warning));
        Assert.InRange(result.Distance - whole, -0.2 * result.StandardDeviation, 0.2 * result.StandardDeviation);
        Assert.Equal(result, KernelDistance.Compute(real, generated, settings));
    }

    [Fact]
    public void One_subset_that_is_the_whole_of_both_sets_gives_the_unbiased_estimate()
    {
        var (real, generated) = (Sample(Draw(1, 60, 4), 4), Sample(Draw(2, 60, 4, mean: 0.5), 4));
        var result = KernelDistance.Compute(real, generated);
        Assert.Equal(KernelDistance.Unbiased(real, generated), result.Distance, 1e-12);
        Assert.Equal(
            "60 images are fewer than the 1,000 of a subset, so smaller subsets are compared: the distance is unbiased but uncertain, "
            + "and its standard deviation is too small.",
            result.Warning);
    }

    [Fact]
    public void A_single_image_gives_values_and_a_warning()
    {
        var (one, many) = (Sample(Draw(1, 1, 4), 4), Sample(Draw(2, 30, 4), 4));
        var kernel = KernelDistance.Compute(one, many);
        var shares = PrecisionRecall.Compute(one, many);
        var around = DensityCoverage.Compute(one, many);
        Assert.All([kernel.Distance, shares.Precision, shares.Recall, around.Density, around.Coverage], value => Assert.True(double.IsFinite(value)));
        Assert.Equal("A set holds a single image: no unbiased estimate exists, and the kernel of the image with itself is counted.", kernel.Warning);
        Assert.Equal("A set of 1 image has no 3 neighbours for each image; the farthest one is used instead, and the values mean little.", shares.Warning);
        Assert.Equal("A set of 1 image has no 5 neighbours for each image; the farthest one is used instead, and the values mean little.", around.Warning);
    }

    [Fact]
    public void Sets_larger_than_a_block_of_distances_are_compared_completely()
    {
        var (real, generated) = (Sample(Draw(1, 1500, 2), 2), Sample(Draw(2, 1100, 2), 2));
        Assert.Equal(1, PrecisionRecall.Compute(real, real).Precision);
        Assert.InRange(PrecisionRecall.Compute(real, generated).Precision, 0.9, 1);
        Assert.InRange(DensityCoverage.Compute(real, generated).Coverage, 0.9, 1);
        Assert.InRange(KernelDistance.Unbiased(real, generated), -0.5, 0.5);
    }

    [Fact]
    public void Samples_without_images_are_refused() =>
        Assert.Equal(
            "The sample holds no rows of features. Add features first.",
            Assert.Throws<InvalidOperationException>(() => PrecisionRecall.Compute(new FeatureSample(2), Sample([1f, 2f], 2))).Message);

    [Fact]
    public void Nothing_is_leaked()
    {
        var (real, generated) = (Sample(Draw(1, 30, 4), 4), Sample(Draw(2, 30, 4), 4));
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        KernelDistance.Compute(real, generated);
        KernelDistance.Unbiased(real, generated);
        PrecisionRecall.Compute(real, generated);
        DensityCoverage.Compute(real, generated);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static IEnumerable<(float[] Center, double Radius)> Balls(float[][] rows, int neighbours) =>
        rows.Select(row => (row, rows.Select(other => Distance(row, other)).Order().ElementAt(neighbours)));

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (p, q) => ((double)p - q) * ((double)p - q)).Sum());
}
