using System.Security.Cryptography;
using LdmMl.Images;
using LdmMl.Internals;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.Tests.Images;

public class ImageGeometryTests
{
    public static TheoryData<string, ImageFit> Groups()
    {
        var data = new TheoryData<string, ImageFit>();
        foreach (var group in ImageGoldens.Lines("geometry.tsv").Select(line => (File: line[0], Fit: line[1])).Distinct())
        {
            data.Add(group.File, Enum.Parse<ImageFit>(group.Fit));
        }

        return data;
    }

    [Theory]
    [Trait("Category", "Golden")]
    [MemberData(nameof(Groups))]
    public void Pixels_equal_those_of_Pillow(string file, ImageFit fit)
    {
        using var image = ImageFile.Decode(ImageGoldens.Good(file));
        foreach (var line in ImageGoldens.Lines("geometry.tsv").Where(line => line[0] == file && line[1] == fit.ToString()))
        {
            var geometry = new ImageGeometry
            {
                Width = int.Parse(line[3]),
                Height = int.Parse(line[4]),
                Filter = Enum.Parse<ResizeFilter>(line[2]),
                Fit = fit,
                Background = new PixelColor(250, 120, 7),
            };
            using var result = geometry.Apply(image);
            var digest = Convert.ToHexStringLower(SHA256.HashData(result.Pixels))[..16];
            Assert.True(digest == line[5], string.Join(' ', line));
        }
    }

    [Theory]
    [InlineData(ImageFit.Stretch)]
    [InlineData(ImageFit.PadToFit)]
    public void The_result_is_a_new_image_with_the_same_pixel_format_and_tag(ImageFit fit)
    {
        using var rgba = ImageFile.Decode(ImageGoldens.Good("rgb.png"));
        using var bgra = MLImage.CreateFromFile(ImageGoldens.Good("rgb.png"));
        bgra.Tag = "tag";
        var geometry = new ImageGeometry { Width = rgba.Width, Height = rgba.Height + 4, Fit = fit, Background = new PixelColor(1, 2, 3) };
        using var expected = geometry.Apply(rgba);
        using var result = geometry.Apply(bgra);
        Assert.NotSame(bgra, result);
        Assert.Equal("tag", result.Tag);
        Assert.Equal(MLPixelFormat.Bgra32, result.PixelFormat);
        Assert.Equal(Planes(expected), Planes(result));
    }

    [Fact]
    public void Premultiplied_ML_NET_images_give_the_same_pixels_within_rounding()
    {
        using var straight = ImageFile.Decode(ImageGoldens.Good("rgba.png"));
        using var multiplied = MLImage.CreateFromFile(ImageGoldens.Good("rgba.png"));
        Assert.Equal(SKAlphaType.Premul, MLImageBitmap.Of(multiplied).AlphaType);
        var (expected, actual) = (Planes(straight), Planes(multiplied));
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, 1.001f / 255);
    }

    [Fact]
    public void Opaque_pixels_are_read_in_place()
    {
        using var image = MLImage.CreateFromPixels(3, 3, MLPixelFormat.Bgra32, [.. Enumerable.Repeat((byte)255, 36)]);
        using var pixels = new StraightPixels(image);
        Assert.True(pixels.Bytes == image.Pixels);   // the same memory
    }

    [Fact]
    public void An_image_too_small_to_crop_is_refused()
    {
        using var image = ImageFile.Decode(ImageGoldens.Good("rgb.png"));
        var geometry = new ImageGeometry { Width = 8, Height = 13, Fit = ImageFit.CenterCrop };
        var error = Assert.Throws<ArgumentException>(() => geometry.Apply(image));
        Assert.Equal("The image is 16x12, too small to crop 8x13 from it; use ImageFit.CropToFill.", error.Message);
    }

    [Fact]
    public void Planes_convert_back_to_the_same_image()
    {
        using var image = ImageFile.Decode(ImageGoldens.Good("rgb.png"));
        using var back = MLImagePlanes.FromPlanes(Planes(image), 3, PixelRange.ZeroToOne, image.Width, image.Height);
        Assert.True(image.Pixels.SequenceEqual(back.Pixels));
        Assert.Equal(SKAlphaType.Opaque, MLImageBitmap.Of(back).AlphaType);
    }

    private static float[] Planes(MLImage image)
    {
        var planes = new float[image.Width * image.Height * 3];
        MLImagePlanes.ToPlanes(image, new PixelColor(200, 100, 50), PixelRange.ZeroToOne, planes, 3);
        return planes;
    }
}
