using CsCheck;
using LdmMl.Torch.Kernels.ChannelsLast;

namespace LdmMl.Torch.Tests.Kernels.ChannelsLast;

public class GroupMomentsTests
{
    // The mean may be a million times the deviation.
    private static readonly Gen<double[]> Numbers =
        Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[-1, 1].Array[1, 40], (mean, distances) => distances.Select(distance => mean + distance).ToArray());

    [Fact]
    public void Moments_of_two_sets_together_are_those_of_their_union() =>
        Gen.Select(Numbers, Numbers).Sample((left, right) =>
        {
            var (actual, expected) = (Moments(left) + Moments(right), Moments([.. left, .. right]));
            return actual.Count.Equals(expected.Count) && Close(actual.Mean, expected.Mean, 1e6) && Close(actual.Squares, expected.Squares, 1 + expected.Squares);
        });

    [Fact]
    public void The_order_of_two_sets_does_not_matter() =>
        Gen.Select(Numbers, Numbers).Sample((left, right) =>
        {
            var (one, other) = (Moments(left) + Moments(right), Moments(right) + Moments(left));
            return Close(one.Mean, other.Mean, 1e6) && Close(one.Squares, other.Squares, 1 + one.Squares);
        });

    [Fact]
    public void The_scale_is_one_over_the_deviation() =>
        Assert.Equal((float)(1 / Math.Sqrt(2.25)), Moments([1, 4, 1, 4]).Scale(epsilon: 0), 1e-7f);

    // Rounding of numbers near a million in float64, squared or summed over 80 of them.
    private static bool Close(double actual, double expected, double scale) => Math.Abs(actual - expected) <= 1e-9 * scale;

    private static GroupMoments Moments(double[] numbers)
    {
        var mean = numbers.Average();
        return new(numbers.Length, mean, numbers.Sum(number => (number - mean) * (number - mean)));
    }
}
