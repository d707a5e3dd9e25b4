using CsCheck;
using LdmMl.Torch.Metrics;

namespace LdmMl.Torch.Tests.Metrics;

public class PsnrTests
{
    [Fact]
    public void Identical_images_are_infinitely_close() =>
        Gen.Byte.Array[1, 300].Sample(image => double.IsPositiveInfinity(Psnr.Compute(image, image)));

    [Fact]
    public void The_squared_error_of_bytes_is_exact_at_every_length() =>
        Gen.Select(Gen.Byte.Array[1, 500], Gen.Int[0, 255]).Sample((image, shift) =>
        {
            var other = image.Select(value => (byte)(value ^ shift)).ToArray();
            var expected = image.Zip(other, (a, b) => (double)(a - b) * (a - b)).Sum() / image.Length;
            Assert.Equal(expected, Psnr.MeanSquaredError(image, other));
        });

    [Fact]
    public void The_largest_errors_do_not_overflow()
    {
        var black = new byte[3_000_001];
        var white = new byte[black.Length];
        white.AsSpan().Fill(255);
        Assert.Equal(65025.0, Psnr.MeanSquaredError(black, white));
        Assert.Equal(0.0, Psnr.Compute(black, white));
    }

    [Fact]
    public void Bytes_and_floats_give_the_same_ratio() =>
        Gen.Byte.Array[64].Sample(image =>
        {
            var other = TestImages.Noisy(image, 20);
            var floats = Psnr.Compute(Array.ConvertAll(image, b => (float)b), Array.ConvertAll(other, b => (float)b), dataRange: 255);
            Assert.Equal(Psnr.Compute(image, other), floats);
        });

    [Fact]
    public void The_ratio_falls_as_noise_grows()
    {
        var image = TestImages.Smooth(32, 32, 3);
        var ratios = Enumerable.Range(1, 20).Select(i => Psnr.Compute(image, TestImages.Noisy(image, 4 * i))).ToArray();
        Assert.Equal(ratios.OrderDescending(), ratios);
    }

    [Fact]
    public void NaN_gives_NaN() =>
        Assert.True(double.IsNaN(Psnr.Compute([0.5f, float.NaN], [0.5f, 0.5f], dataRange: 1)));

    [Fact]
    public void Images_of_different_sizes_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Psnr.Compute(new byte[12], new byte[9]));
        Assert.Equal("The images differ in size: the reference has 12 values and the candidate 9. Resize or crop one of them first.", error.Message);
    }

    [Fact]
    public void A_range_that_is_not_above_zero_is_refused()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Psnr.Compute([1f], [0f], dataRange: 0));
        Assert.StartsWith("The data range is the largest possible value minus the smallest: 255 for bytes, 1 for [0, 1], 2 for [-1, 1].", error.Message);
    }
}
