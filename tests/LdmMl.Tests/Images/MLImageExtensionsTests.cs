using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Tests.Images;

public class MLImageExtensionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_copy_stays_valid_after_its_image_is_disposed(int seed)
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
    public void Null_is_refused() => Assert.Throws<ArgumentNullException>(() => ((MLImage)null!).Copy());

    [Theory]
    [InlineData("rgb.png")]
    [InlineData("rgba.png")]
    public void Png_bytes_and_streams_decode_to_the_same_pixels(string file)
    {
        using var image = ImageFile.Decode(ImageGoldens.Good(file));
        using var stream = new MemoryStream();
        image.SavePng(stream);
        Assert.Equal(image.ToPng(), stream.ToArray());
        stream.Position = 0;
        using var fromStream = ImageFile.Decode(stream);
        using var fromBytes = ImageFile.Decode(image.ToPng(), "upload");
        Assert.Equal(image.Pixels.ToArray(), fromStream.Pixels.ToArray());
        Assert.Equal(image.Pixels.ToArray(), fromBytes.Pixels.ToArray());
        Assert.Equal(("stream", "upload"), (fromStream.Tag, fromBytes.Tag));
    }

    [Fact]
    public void An_opaque_image_is_written_without_an_alpha_channel()
    {
        using var opaque = ImageRows.Picture(1, 8, 8);
        using var transparent = ImageFile.Decode(ImageGoldens.Good("rgba.png"));
        const int ColorType = 25, Rgb = 2, Rgba = 6;   // of the IHDR chunk
        Assert.Equal((Rgb, Rgba), (opaque.ToPng()[ColorType], transparent.ToPng()[ColorType]));
    }

    [Fact]
    public void A_name_as_long_as_the_system_allows_can_be_written()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{new string('x', 251)}.png");
        using var image = ImageRows.Picture(1, 4, 4);
        try
        {
            image.SavePng(path);
            using var back = ImageFile.Decode(path);
            Assert.Equal(4, back.Width);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(PixelRange.MinusOneToOne)]
    [InlineData(PixelRange.ZeroToOne)]
    public void Images_survive_the_round_trip_through_a_tensor(PixelRange range)
    {
        MLImage[] images = [ImageRows.Picture(1, 7, 5), ImageRows.Picture(2, 7, 5)];
        using var tensor = images.ToTensor(range);
        Assert.Equal([2, 3, 5, 7], tensor.shape);
        var back = tensor.ToImages(range);
        Assert.Equal(images.Select(Rgb), back.Select(Rgb));
        using var single = images[1].ToTensor(range);
        Assert.Equal(tensor[1].data<float>().ToArray(), single.data<float>().ToArray());
        using var image = single.ToImage(range);
        Assert.Equal(Rgb(images[1]), Rgb(image));
    }

    [Fact]
    public void A_tensor_has_red_green_and_blue_in_the_requested_range()
    {
        using var image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, (ReadOnlySpan<byte>)[255, 0, 51, 255]);
        using var symmetric = image.ToTensor();
        using var unit = image.ToTensor(PixelRange.ZeroToOne);
        Assert.Equal([1f, -1f, -0.6f], symmetric.data<float>().ToArray(), Near);
        Assert.Equal([1f, 0f, 0.2f], unit.data<float>().ToArray(), Near);

        static bool Near(float a, float b) => Math.Abs(a - b) < 1e-6;
    }

    [Fact]
    public void Transparent_pixels_are_blended_with_the_background()
    {
        using var image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, (ReadOnlySpan<byte>)[0, 0, 0, 0]);
        using var white = image.ToTensor(PixelRange.ZeroToOne);
        using var colored = image.ToTensor(PixelRange.ZeroToOne, new PixelColor(255, 0, 0));
        Assert.Equal([1f, 1f, 1f], white.data<float>().ToArray());
        Assert.Equal([1f, 0f, 0f], colored.data<float>().ToArray());
    }

    [Fact]
    public void Tensors_of_other_layouts_and_types_give_the_same_image()
    {
        using var scope = NewDisposeScope();
        using var image = ImageRows.Picture(3, 6, 4);
        var tensor = image.ToTensor(PixelRange.ZeroToOne);
        Tensor[] others = [tensor[0], tensor.to(ScalarType.Float64), tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)];
        Assert.All(others, other => Assert.Equal(Rgb(image), Rgb(other.ToImage(PixelRange.ZeroToOne))));
        using var gray = torch.tensor(Enumerable.Repeat(0.2f, 24).ToArray(), [1, 4, 6]).ToImage(PixelRange.ZeroToOne);
        Assert.All(Rgb(gray), value => Assert.Equal(51, value));
    }

    [Fact]
    public void Values_outside_the_range_are_clamped()
    {
        using var tensor = torch.tensor(new[] { 7f, -7f, float.NaN }, [3, 1, 1]);
        using var image = tensor.ToImage();
        Assert.Equal([255, 0, 0], Rgb(image));
    }

    [Fact]
    public void Shapes_types_and_sizes_that_do_not_fit_are_refused_with_the_reason()
    {
        using var scope = NewDisposeScope();
        Assert.StartsWith(
            "Expected floating-point images [B, 3, H, W], [B, 1, H, W], [3, H, W] or [1, H, W], got Float32 [2, 4, 4].",
            Assert.Throws<ArgumentException>(() => zeros(2, 4, 4).ToImages()).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Expected floating-point images", Assert.Throws<ArgumentException>(() => zeros(3, 4, 4, ScalarType.Int32).ToImage()).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "The tensor holds 2 images; use ToImages instead.",
            Assert.Throws<ArgumentException>(() => zeros(2, 3, 4, 4).ToImage()).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "The images are 4x4 and 5x4; one tensor holds images of one size.",
            Assert.Throws<ArgumentException>(() => new[] { ImageRows.Picture(1, 4, 4), ImageRows.Picture(1, 5, 4) }.ToTensor()).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "There is no image", Assert.Throws<ArgumentException>(() => Array.Empty<MLImage>().ToTensor()).Message, StringComparison.Ordinal);
    }

    private static byte[] Rgb(MLImage image) => [.. image.Pixels.ToArray().Chunk(4)
        .SelectMany(pixel => image.PixelFormat == MLPixelFormat.Bgra32 ? new[] { pixel[2], pixel[1], pixel[0] } : pixel[..3])];
}
