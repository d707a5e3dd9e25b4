using LdmMl.Torch.Metrics;

namespace LdmMl.Torch.Tests.Metrics;

public class MsSsimTests
{
    private const int Width = 181, Height = 177;

    private static readonly SsimSettings[] AllSettings = [SsimSettings.Wang2004, SsimSettings.ScikitImage, SsimSettings.TorchMetrics];

    private static readonly byte[] Image = TestImages.Smooth(Width, Height, 3);

    [Fact]
    public void An_image_is_perfectly_similar_to_itself_at_every_scale() =>
        Assert.All(AllSettings, settings => Assert.Equal(1.0, MsSsim.Compute(Image, Image, Width, Height, 3, settings)));

    [Fact]
    public void Swapping_the_images_gives_the_same_bits()
    {
        var other = TestImages.Noisy(Image, 40);
        Assert.All(AllSettings, settings => Assert.Equal(
            MsSsim.Compute(Image, other, Width, Height, 3, settings), MsSsim.Compute(other, Image, Width, Height, 3, settings)));
    }

    [Fact]
    public void Bytes_and_floats_give_the_same_similarity()
    {
        var other = TestImages.Noisy(Image, 40);
        var floats = MsSsim.Compute(TestImages.Planes(Image, 3, 255), TestImages.Planes(other, 3, 255), Width, Height, 3, dataRange: 1);
        Assert.Equal(MsSsim.Compute(Image, other, Width, Height, 3), floats, 1e-6);   // 1/255 is rounded to float
    }

    [Fact]
    public void Similarity_falls_as_noise_grows()
    {
        var similarities = new[] { 2, 8, 32, 100 }.Select(amplitude => MsSsim.Compute(Image, TestImages.Noisy(Image, amplitude), Width, Height, 3)).ToArray();
        Assert.Equal(similarities.OrderDescending(), similarities);
    }

    [Fact]
    public void Negatively_correlated_images_score_zero()
    {
        var negative = Array.ConvertAll(Image, value => (byte)(255 - value));
        Assert.Equal(0.0, MsSsim.Compute(Image, negative, Width, Height, 3));
    }

    [Fact]
    public void NaN_gives_NaN()
    {
        var planes = TestImages.Planes(Image, 3, 255);
        planes[Width * 5] = float.NaN;
        Assert.True(double.IsNaN(MsSsim.Compute(planes, TestImages.Planes(Image, 3, 255), Width, Height, 3, dataRange: 1)));
    }

    [Fact]
    public void An_image_too_small_for_the_last_scale_is_refused_with_the_remedy()
    {
        Assert.Equal(176, MsSsim.MinimumSize());
        var error = Assert.Throws<ArgumentException>(() => MsSsim.Compute(new byte[175 * 200], new byte[175 * 200], 175, 200, 1));
        Assert.Equal(
            "The images are 175x200; MS-SSIM halves them four times and its 11x11 window needs 176 pixels a side. "
            + "Use larger images, settings with a smaller window, or SSIM.",
            error.Message);
    }
}
