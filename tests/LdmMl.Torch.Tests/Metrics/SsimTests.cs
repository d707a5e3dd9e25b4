using CsCheck;
using LdmMl.Torch.Metrics;

namespace LdmMl.Torch.Tests.Metrics;

public class SsimTests
{
    private static readonly SsimSettings[] AllSettings =
        [SsimSettings.ScikitImage, SsimSettings.Wang2004, SsimSettings.TorchMetrics, SsimSettings.Gaussian(0.8)];

    [Fact]
    public void An_image_is_perfectly_similar_to_itself() =>
        Images.Sample(image =>
        {
            foreach (var settings in AllSettings)
                Assert.Equal(1.0, Ssim.Compute(image.Bytes, image.Bytes, image.Width, image.Height, image.Channels, settings));
        });

    [Fact]
    public void Swapping_the_images_gives_the_same_bits() =>
        Images.Sample(image =>
        {
            var other = TestImages.Noisy(image.Bytes, 20);
            foreach (var settings in AllSettings)
            {
                Assert.Equal(
                    Ssim.Compute(image.Bytes, other, image.Width, image.Height, image.Channels, settings),
                    Ssim.Compute(other, image.Bytes, image.Width, image.Height, image.Channels, settings));
            }
        });

    [Fact]
    public void Bytes_and_floats_give_the_same_similarity() =>
        Images.Sample(image =>
        {
            var other = TestImages.Noisy(image.Bytes, 20);
            var reference = TestImages.Planes(image.Bytes, image.Channels, 255);
            var candidate = TestImages.Planes(other, image.Channels, 255);
            var bytes = Ssim.Compute(image.Bytes, other, image.Width, image.Height, image.Channels);
            var floats = Ssim.Compute(reference, candidate, image.Width, image.Height, image.Channels, dataRange: 1);
            Assert.Equal(bytes, floats, tolerance: 1e-5);   // 1/255 is rounded to float
        });

    [Fact]
    public void Similarity_falls_as_noise_grows()
    {
        var image = TestImages.Smooth(40, 40, 3);
        var similarities = new[] { 2, 8, 32, 100 }.Select(amplitude => Ssim.Compute(image, TestImages.Noisy(image, amplitude), 40, 40, 3)).ToArray();
        Assert.Equal(similarities.OrderDescending(), similarities);
    }

    [Fact]
    public void Means_of_the_map_are_the_similarities_of_both_border_settings()
    {
        var reference = TestImages.Planes(TestImages.Smooth(19, 23, 1), 1, 255);
        var candidate = TestImages.Planes(TestImages.Noisy(TestImages.Smooth(19, 23, 1), 30), 1, 255);
        var map = Ssim.Map(reference, candidate, 19, 23, dataRange: 1, SsimSettings.Wang2004);
        var inside = map.Where((_, i) => i % 19 is >= 5 and < 14 && i / 19 is >= 5 and < 18);
        Assert.Equal(map.Average(), Ssim.Compute(reference, candidate, 19, 23, 1, 1, SsimSettings.TorchMetrics), 1e-12);
        Assert.Equal(inside.Average(), Ssim.Compute(reference, candidate, 19, 23, 1, 1, SsimSettings.Wang2004), 1e-12);
    }

    [Fact]
    public void An_image_smaller_than_the_window_is_refused_with_the_remedy()
    {
        var error = Assert.Throws<ArgumentException>(() => Ssim.Compute(new byte[60], new byte[60], 10, 6, 1));
        Assert.Equal(
            "The images are 10x6, smaller than the 7x7 window of SSIM. Use larger images, or settings with a WindowSize of at most 6.", error.Message);
    }

    [Fact]
    public void Lengths_that_do_not_fit_the_shape_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Ssim.Compute(new byte[100], new byte[100], 10, 10, 3));
        Assert.Equal("The images have 100 values, but 10x10 pixels of 3 channels need 300.", error.Message);
    }

    [Fact]
    public void Settings_outside_their_range_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Ssim.Compute(new byte[100], new byte[100], 10, 10, 1, new() { WindowSize = 8 }));
        Assert.Equal("The window of SSIM needs an odd side of at least 3 pixels, got WindowSize = 8.", error.Message);
    }

    private static Gen<(byte[] Bytes, int Width, int Height, int Channels)> Images { get; } =
        from width in Gen.Int[11, 20]
        from height in Gen.Int[11, 20]
        from channels in Gen.Int[1, 3]
        from bytes in Gen.Byte.Array[width * height * channels]
        select (bytes, width, height, channels);
}
