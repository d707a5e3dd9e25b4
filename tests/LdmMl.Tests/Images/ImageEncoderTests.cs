using LdmMl.Images;
using LdmMl.Torch.Tensors;

namespace LdmMl.Tests.Images;

public sealed class ImageEncoderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ldmml-png-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("rgb.png")]
    [InlineData("rgba.png")]
    public void A_saved_image_decodes_to_the_same_pixels_and_leaves_no_other_file(string file)
    {
        using var image = ImageFile.Decode(ImageGoldens.Good(file));
        var path = Path.Combine(folder, "out.png");
        ImageEncoder.SavePng(image, path);
        ImageEncoder.SavePng(image, path);   // an existing file is replaced
        Assert.Equal([path], Directory.GetFiles(folder));
        using var back = ImageFile.Decode(path);
        Assert.True(image.Pixels.SequenceEqual(back.Pixels));
    }

    [Theory]
    [InlineData(PixelLayout.Gray8, new byte[] { 7, 200 }, new byte[] { 7, 7, 7, 255, 200, 200, 200, 255 })]
    [InlineData(PixelLayout.Rgb24, new byte[] { 1, 2, 3, 4, 5, 6 }, new byte[] { 1, 2, 3, 255, 4, 5, 6, 255 })]
    [InlineData(PixelLayout.Rgba32, new byte[] { 1, 2, 3, 4, 5, 6, 7, 0 }, new byte[] { 1, 2, 3, 4, 5, 6, 7, 0 })]
    [InlineData(PixelLayout.Bgra32, new byte[] { 1, 2, 3, 4, 5, 6, 7, 255 }, new byte[] { 3, 2, 1, 4, 7, 6, 5, 255 })]
    public void Every_layout_can_be_saved(PixelLayout layout, byte[] pixels, byte[] rgba)
    {
        var path = Path.Combine(folder, "out.png");
        ImageEncoder.SavePng(pixels, 2, 1, layout, path);
        using var back = ImageFile.Decode(path);
        Assert.Equal(rgba, back.Pixels.ToArray());
    }

    [Fact]
    public void A_wrong_length_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            ImageEncoder.SavePng(new byte[5], 2, 1, PixelLayout.Rgb24, Path.Combine(folder, "out.png")));
        Assert.Equal("2x1 pixels of Rgb24 need 6 bytes, not 5. (Parameter 'pixels')", error.Message);
        Assert.Empty(Directory.GetFiles(folder));
    }
}
