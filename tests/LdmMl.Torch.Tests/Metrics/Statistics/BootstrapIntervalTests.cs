using CsCheck;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Torch.Tests.Metrics.Statistics;

/// <remarks>
/// Values of scipy 1.10.1, from 400,000 resamples so that their own random error is small:
/// <c>stats.bootstrap((v,), np.mean, n_resamples=400000, confidence_level=c, method=m, random_state=1, batch=5000).confidence_interval</c>.
/// </remarks>
public class BootstrapIntervalTests
{
    private static readonly double[] Skewed = [0.8, 1.1, 0.2, 3.9, 0.5, 0.4, 2.2, 0.9, 0.3, 7.5, 0.7, 1.6, 0.6, 0.1, 1.2, 0.9, 2.8, 0.4, 1.0, 0.5];

    // 10,000 resamples place a bound within about a fiftieth of the interval.
    private const double Chance = 0.035;

    [Theory]
    [InlineData(BootstrapMethod.BiasCorrectedAccelerated, 0.95, 0.87, 2.5615607508950053)]
    [InlineData(BootstrapMethod.BiasCorrectedAccelerated, 0.90, 0.93, 2.32)]
    [InlineData(BootstrapMethod.Percentile, 0.95, 0.765, 2.21)]
    [InlineData(BootstrapMethod.Percentile, 0.90, 0.83, 2.055)]
    public void Bounds_equal_scipys(BootstrapMethod method, double confidence, double lower, double upper)
    {
        var interval = BootstrapInterval.OfMean(Skewed, new BootstrapOptions { Method = method, Confidence = confidence, Resamples = 100_000 });

        Assert.Equal(1.38, interval.Estimate, precision: 14);
        Assert.Equal(lower, interval.Lower, tolerance: Chance / 3);
        Assert.Equal(upper, interval.Upper, tolerance: Chance);
        Assert.Equal((20, null), (interval.Count, interval.Warning));
    }

    [Fact]
    public void The_same_seed_always_gives_the_same_interval()
    {
        var interval = BootstrapInterval.OfMean(Skewed, new BootstrapOptions { Method = BootstrapMethod.Percentile, Resamples = 1000, Seed = 7 });

        Assert.Equal(interval, BootstrapInterval.OfMean(Skewed, interval.Options));
        Assert.NotEqual(interval.Lower, BootstrapInterval.OfMean(Skewed, interval.Options with { Seed = 8 }).Lower);
        // Computed with the generator and the quantile reimplemented in Python.
        Assert.Equal("0.77 2.180125", FormattableString.Invariant($"{interval.Lower:R} {interval.Upper:R}"));
    }

    [Fact]
    public void An_interval_has_about_its_nominal_coverage()
    {
        var random = new Random(5);
        var options = new BootstrapOptions { Resamples = 400 };

        var held = Enumerable.Range(0, 600).Count(_ =>
        {
            var values = Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6).ToArray();
            return BootstrapInterval.OfMean(values, options) is { Lower: < 0, Upper: > 0 };
        });

        Assert.InRange(held / 600.0, 0.91, 0.98);
    }

    [Fact]
    public void Equal_values_have_an_interval_of_width_zero() =>
        Gen.Select(Gen.Double[-1e6, 1e6], Gen.Int[1, 30]).Sample((value, count) =>
        {
            var interval = BootstrapInterval.OfMean(Enumerable.Repeat(value, count).ToArray(), new BootstrapOptions { Resamples = 100 });
            return (interval.Estimate, interval.Lower, interval.Upper) == (value, value, value);
        }, iter: 50);

    [Fact]
    public void The_interval_shifts_with_the_values() =>
        Gen.Double[-1, 1].Array[2, 40].Sample(values =>
        {
            var options = new BootstrapOptions { Resamples = 200 };
            var (here, there) = (BootstrapInterval.OfMean(values, options), BootstrapInterval.OfMean(Array.ConvertAll(values, value => 8 * value + 1000), options));
            Assert.Equal(8 * here.Lower + 1000, there.Lower, tolerance: 1e-6);
            Assert.Equal(8 * here.Upper + 1000, there.Upper, tolerance: 1e-6);
            Assert.True(here.Lower <= here.Upper);
        }, iter: 50);

    [Theory]
    [InlineData(1, "The interval of a single value is that value: it says nothing about other images.")]
    [InlineData(19, "19 values are few: the true value lies outside such an interval more often than it should.")]
    public void Few_values_get_a_warning(int count, string warning) =>
        Assert.Equal(warning, BootstrapInterval.OfMean(Skewed.AsSpan(0, count)).Warning);

    [Fact]
    public void Wrong_values_and_options_are_refused()
    {
        Assert.StartsWith("There are no values; a statistic needs at least one.", Message([], new()));
        Assert.StartsWith("Value 1 is Infinity; statistics need finite values. Leave such rows out and report how many there were.", Message([1, double.PositiveInfinity], new()));
        Assert.Equal("Confidence is 1; it must lie between 0 and 1, such as 0.95.", Message([1, 2], new() { Confidence = 1 }));
        Assert.Equal("Resamples is 99; it must be at least 100, or the bounds are chance.", Message([1, 2], new() { Resamples = 99 }));
        Assert.Equal("Method is 7; it must be one of BiasCorrectedAccelerated, Percentile.", Message([1, 2], new() { Method = (BootstrapMethod)7 }));

        static string Message(double[] values, BootstrapOptions options) => Assert.Throws<ArgumentException>(() => BootstrapInterval.OfMean(values, options)).Message;
    }

    [Fact]
    public void Random_numbers_equal_those_of_the_published_generator()
    {
        // The first numbers of xoshiro256** 1.0 with a state from SplitMix64 of 0, and of SplitMix64 itself through that state.
        var random = new RandomNumbers(0);
        Assert.Equal([0x99EC5F36CB75F2B4, 0xBF6E1F784956452A, 0x1A5F849D4933E6E0, 0x6AA594F1262D2D2C], Enumerable.Range(0, 4).Select(_ => random.Next()));
    }

    [Theory]
    [InlineData(-3.5, 0.00023262907903552502)]
    [InlineData(-1.2, 0.11506967022170822)]
    [InlineData(0, 0.5)]
    [InlineData(0.3, 0.6179114221889526)]
    [InlineData(1.959963984540054, 0.975)]
    [InlineData(5, 0.9999997133484281)]
    public void The_normal_distribution_equals_scipys(double x, double share)
    {
        Assert.Equal(share, NormalDistribution.Cumulative(x), tolerance: 1e-14);   // stats.norm.cdf(x)
        Assert.Equal(x, NormalDistribution.Quantile(share), tolerance: 1e-8);
    }
}
