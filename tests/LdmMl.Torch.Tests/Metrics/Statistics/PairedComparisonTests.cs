using CsCheck;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Torch.Tests.Metrics.Statistics;

/// <remarks>
/// Values of scipy 1.10.1: <c>stats.permutation_test((d,), np.mean, permutation_type='samples', n_resamples=np.inf).pvalue</c>, and for the
/// relative change <c>stats.bootstrap((a, b), lambda x, y: y.mean() / x.mean() - 1, paired=True, vectorized=False, n_resamples=100000, method=m, random_state=1)</c>.
/// </remarks>
public class PairedComparisonTests
{
    private static readonly double[] First = [0.31, 0.28, 0.44, 0.39, 0.52, 0.27, 0.33, 0.61, 0.30, 0.48, 0.36, 0.29];
    private static readonly double[] Second = [0.33, 0.27, 0.47, 0.41, 0.58, 0.27, 0.35, 0.70, 0.31, 0.47, 0.40, 0.33];

    [Fact]
    public void The_comparison_equals_scipys()
    {
        var comparison = PairedComparison.Of(First, Second);

        Assert.Equal(0.009765625, comparison.PValue, precision: 14);
        Assert.Equal(0.06768558951965087, comparison.RelativeChange!.Estimate, precision: 14);
        Assert.Equal(0.0322, comparison.RelativeChange.Lower, tolerance: 0.0015);
        Assert.Equal(0.1015, comparison.RelativeChange.Upper, tolerance: 0.0025);
        Assert.Equal((9, 2, 1, true), (comparison.Increased, comparison.Decreased, comparison.Unchanged, comparison.IsExact));
        Assert.Equal(comparison.Second.Estimate - comparison.First.Estimate, comparison.Difference.Estimate, precision: 14);
        Assert.Equal(0.02, comparison.Differences.Median, precision: 14);
    }

    [Fact]
    public void Ties_and_zeros_need_no_rule() =>
        Assert.Equal(0.072265625, SignFlipTest.PValue([3, -1, 2, 5, 0, -2, 4, 4, 1, -3, 6, 2]), precision: 14);

    [Fact]
    public void Twenty_differences_are_counted_exactly() =>
        Assert.Equal(0.35994720458984375, SignFlipTest.PValue([.. Enumerable.Range(1, 20).Select(i => (i * 37 % 41 - 17) / 7.0)]), precision: 14);

    [Fact]
    public void Sampling_many_differences_is_close_to_counting_all()
    {
        // scipy with n_resamples=400000, random_state=1; 10,000 patterns have a standard error of 0.0033 here.
        double[] differences = [.. Enumerable.Range(1, 100).Select(i => (i * 37 % 101 - 46) / 9.0)];

        Assert.Equal(0.12402, SignFlipTest.PValue(differences), tolerance: 0.011);
        Assert.Equal(SignFlipTest.PValue(differences, seed: 3), SignFlipTest.PValue(differences, seed: 3));
        Assert.Equal(1e-4, SignFlipTest.PValue([.. Enumerable.Repeat(0.1, 41)]));
    }

    [Fact]
    public void Counting_by_halves_equals_counting_one_by_one() =>
        Gen.Int[-5, 5].Array[1, 10].Sample(integers =>
        {
            var bound = Math.Abs(integers.Sum());
            var beyond = Enumerable.Range(0, 1 << integers.Length)
                .Count(pattern => Math.Abs(integers.Select((value, i) => (pattern >> i & 1) == 0 ? value : -value).Sum()) >= bound);
            Assert.Equal((double)beyond / (1 << integers.Length), SignFlipTest.PValue(Array.ConvertAll(integers, value => (double)value)), tolerance: 1e-12);
        });

    [Fact]
    public void Swapping_the_sides_negates_the_difference_and_keeps_the_p_value() =>
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1]).Array[1, 30].Sample(pairs =>
        {
            var options = new BootstrapOptions { Resamples = 200, Method = BootstrapMethod.Percentile };
            var (first, second) = (Array.ConvertAll(pairs, pair => pair.Item1), Array.ConvertAll(pairs, pair => pair.Item2));
            var (there, back) = (PairedComparison.Of(first, second, options), PairedComparison.Of(second, first, options));
            Assert.Equal(there.Difference.Estimate, -back.Difference.Estimate, tolerance: 1e-12);
            Assert.Equal(there.Difference.Lower, -back.Difference.Upper, tolerance: 1e-12);
            Assert.Equal(there.PValue, back.PValue, tolerance: 1e-12);
        }, iter: 50);

    [Fact]
    public void Equal_scores_have_no_difference_and_a_p_value_of_one()
    {
        var comparison = PairedComparison.Of(First, First);

        Assert.Equal((0, 0, 0, 1, 12), (comparison.Difference.Estimate, comparison.Difference.Lower, comparison.Difference.Upper, comparison.PValue, comparison.Unchanged));
        Assert.Equal((0, 0), (comparison.RelativeChange!.Estimate, comparison.RelativeChange.Upper));
    }

    [Fact]
    public void One_image_gives_a_difference_without_significance()
    {
        var comparison = PairedComparison.Of([2], [3]);

        Assert.Equal((1, 1, 1, 1), (comparison.Difference.Estimate, comparison.Difference.Lower, comparison.Difference.Upper, comparison.PValue));
        Assert.Equal(0.5, comparison.RelativeChange!.Estimate);
        Assert.NotNull(comparison.Difference.Warning);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1.5)]
    public void A_change_relative_to_zero_is_undefined(double one, double other) =>
        Assert.Null(PairedComparison.Of([one, other], [2, 2]).RelativeChange);

    [Fact]
    public void Unequal_counts_are_refused() =>
        Assert.Equal(
            "The first has 2 values and the second 1; pairs need one of each for every image.",
            Assert.Throws<ArgumentException>(() => PairedComparison.Of([1, 2], [1])).Message);

    [Fact]
    public void The_summary_equals_numpys()
    {
        // v.mean(), v.std(ddof=1), np.quantile(v, [0, .25, .5, .75, 1])
        double[] values = [0.8, 1.1, 0.2, 3.9, 0.5, 0.4, 2.2, 0.9, 0.3, 7.5, 0.7, 1.6, 0.6, 0.1, 1.2, 0.9, 2.8, 0.4, 1.0, 0.5];
        var summary = ValueSummary.Of(values);

        Assert.Equal(1.3800000000000001, summary.Mean, precision: 14);
        Assert.Equal(1.7218716866431012, summary.StandardDeviation, precision: 13);
        Assert.Equal([0.1, 0.475, 0.85, 1.3, 7.5], [summary.Minimum, summary.LowerQuartile, summary.Median, summary.UpperQuartile, summary.Maximum], (a, b) => Math.Abs(a - b) < 1e-14);
    }
}
