using LdmMl.Cli.Output;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Tests.Output;

public class SheetImagesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(120)]
    [InlineData(400)]
    public void A_sheet_of_large_images_has_at_most_about_four_million_pixels(int count)
    {
        using var image = MLImage.CreateFromPixels(1600, 1200, MLPixelFormat.Rgba32, new byte[1600 * 1200 * 4]);
        using var shown = SheetImages.Fit(image, SheetImages.LargestSide(count));

        Assert.InRange(shown.Width * shown.Height * count, 1, 4_100_000);
        Assert.Equal(4.0 / 3, (double)shown.Width / shown.Height, 0.05);
    }

    [Fact]
    public void Small_images_are_shown_at_double_size_without_interpolation()
    {
        using var image = MLImage.CreateFromPixels(64, 64, MLPixelFormat.Rgba32, [.. Enumerable.Range(0, 64 * 64 * 4).Select(at => (byte)(at | 3))]);
        using var shown = SheetImages.Fit(image, SheetImages.LargestSide(120));

        Assert.Equal(2, SheetImages.Scale(image, 120));
        Assert.Equal(image.Pixels.ToArray(), shown.Pixels.ToArray());
    }
}
