using CsCheck;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Tests.Tensors;

public class SphericalInterpolationTests
{
    private static readonly Gen<float[]> Latents = Gen.Float[-3, 3].Array[24];

    [Fact]
    public void The_diagonal_is_halfway_between_two_axes()
    {
        var diagonal = (float)Math.Sqrt(0.5);
        Assert.Equal([diagonal, diagonal, 0], Between([1, 0, 0], [0, 1, 0], 0.5), (wanted, given) => Math.Abs(wanted - given) < 1e-7);
    }

    [Fact]
    public void A_third_of_a_right_angle_is_thirty_degrees() =>
        Assert.Equal([MathF.Cos(MathF.PI / 6), 0.5f], Between([1, 0], [0, 1], 1.0 / 3), (wanted, given) => Math.Abs(wanted - given) < 1e-7);

    [Fact]
    public void The_ends_are_the_latents_themselves() =>
        Gen.Select(Latents, Latents).Sample((first, second) =>
            Between(first, second, 0).AsSpan().SequenceEqual(first) && Between(first, second, 1).AsSpan().SequenceEqual(second));

    [Fact]
    public void Interpolation_preserves_the_length_of_latents_of_equal_length() =>
        Gen.Select(Latents, Latents, Gen.Double[0, 1]).Sample((first, second, fraction) =>
        {
            double length = Length(first), other = Length(second);
            float[] scaled = [.. second.Select(value => (float)(value * length / other))];
            return Math.Abs(Length(Between(first, scaled, fraction)) / length - 1) < 1e-5;
        });

    [Fact]
    public void Swapping_both_ends_reverses_the_walk() =>
        Gen.Select(Latents, Latents, Gen.Double[0, 1]).Sample((first, second, fraction) =>
            Between(first, second, fraction).Zip(Between(second, first, 1 - fraction)).All(pair => Math.Abs(pair.First - pair.Second) < 1e-5));

    [Theory]
    [InlineData(1f)]
    [InlineData(2.5f)]
    [InlineData(-1f)]
    [InlineData(0f)]
    public void Parallel_opposite_and_zero_latents_are_interpolated_linearly(float factor)
    {
        float[] first = [1, -2, 3];
        float[] second = [.. first.Select(value => factor * value)];
        float[] straight = [.. first.Select(value => 0.75f * value + 0.25f * factor * value)];
        Assert.Equal(straight, Between(first, second, 0.25), (wanted, given) => Math.Abs(wanted - given) < 1e-6);
        Assert.Equal(straight, Between(second, first, 0.75), (wanted, given) => Math.Abs(wanted - given) < 1e-6);
    }

    [Fact]
    public void Two_zero_latents_give_zeros() => Assert.Equal([0, 0], Between([0, 0], [0, 0], 0.3));

    [Fact]
    public void Very_long_and_very_short_latents_keep_their_direction()
    {
        Assert.Equal([float.MaxValue / 2 * (float)Math.Sqrt(0.5)], Between([float.MaxValue / 2, 0], [0, float.MaxValue / 2], 0.5)[..1], Close);
        Assert.Equal([1e-30f * (float)Math.Sqrt(0.5)], Between([1e-30f, 0], [0, 1e-30f], 0.5)[..1], Close);
    }

    private static bool Close(float wanted, float given) => Math.Abs(given / wanted - 1) < 1e-6;

    private static double Length(float[] values) => Math.Sqrt(values.Sum(value => (double)value * value));

    private static float[] Between(float[] first, float[] second, double fraction)
    {
        var result = new float[first.Length];
        SphericalInterpolation.Interpolate(first, second, fraction, result);
        return result;
    }
}
