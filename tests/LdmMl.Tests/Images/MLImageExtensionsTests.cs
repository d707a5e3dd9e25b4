using LdmMl.Tests.Autoencoders;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Images;

public class MLImageExtensionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_copy_stays_when_its_image_goes(int seed)
    {
        var image = ImageRows.Picture(seed, 5, 3);
        image.Tag = "five by three";
        var pixels = image.Pixels.ToArray();
        using var copy = image.Copy();
        var format = image.PixelFormat;
        image.Dispose();
        Assert.Equal((5, 3, format, "five by three"), (copy.Width, copy.Height, copy.PixelFormat, copy.Tag));
        Assert.Equal(pixels, copy.Pixels.ToArray());
    }

    [Fact]
    public void There_is_no_copy_of_nothing() => Assert.Throws<ArgumentNullException>(() => ((MLImage)null!).Copy());
}
