using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using TorchSharp;

namespace LdmMl.ImageSharp.Tests;

public class ImageSharpExtensionsTests
{
    private static readonly byte[] Pixels = [255, 0, 51, 255, 10, 20, 30, 40, 1, 2, 3, 0, 200, 100, 50, 128, 9, 8, 7, 255, 0, 0, 0, 255];

    [Fact]
    public void Colours_and_alpha_survive_the_round_trip_through_ML_NET()
    {
        using var image = Image.LoadPixelData<Rgba32>(Pixels, 3, 2);
        using var converted = image.ToMLImage();
        Assert.Equal((3, 2, MLPixelFormat.Rgba32), (converted.Width, converted.Height, converted.PixelFormat));
        Assert.Equal(Pixels, converted.Pixels.ToArray());
        using var back = converted.ToRgba32Image();
        Assert.Equal(Pixels, Bytes(back));
    }

    [Fact]
    public void Images_without_alpha_are_opaque()
    {
        using var image = Image.LoadPixelData<Rgb24>((byte[])[1, 2, 3, 4, 5, 6], 2, 1);
        using var converted = image.ToMLImage();
        Assert.Equal([1, 2, 3, 255, 4, 5, 6, 255], converted.Pixels.ToArray());
        using var back = converted.ToRgb24Image();
        Assert.Equal(new Rgb24(4, 5, 6), back[1, 0]);
    }

    [Fact]
    public void BGR_images_keep_their_colours()
    {
        using var image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Bgra32, (ReadOnlySpan<byte>)[3, 2, 1, 255]);
        using var rgba = image.ToRgba32Image();
        using var rgb = image.ToRgb24Image();
        Assert.Equal((new Rgba32(1, 2, 3, 255), new Rgb24(1, 2, 3)), (rgba[0, 0], rgb[0, 0]));
    }

    [Fact]
    public void Transparent_pixels_are_blended_with_the_background()
    {
        using var image = Image.LoadPixelData<Rgba32>((byte[])[10, 20, 30, 0], 1, 1);
        using var converted = image.ToMLImage();
        using var white = converted.ToRgb24Image();
        using var red = converted.ToRgb24Image(new PixelColor(255, 0, 0));
        Assert.Equal((new Rgb24(255, 255, 255), new Rgb24(255, 0, 0)), (white[0, 0], red[0, 0]));
        using var tensor = image.ToTensor(PixelRange.ZeroToOne, new PixelColor(0, 255, 0));
        Assert.Equal([0f, 1f, 0f], tensor.data<float>().ToArray());
    }

    [Theory]
    [InlineData(PixelRange.MinusOneToOne)]
    [InlineData(PixelRange.ZeroToOne)]
    public void Images_survive_the_round_trip_through_a_tensor(PixelRange range)
    {
        using var image = new Image<Rgb24>(7, 5);
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < 5; y++)
            {
                for (var x = 0; x < 7; x++)
                    rows.GetRowSpan(y)[x] = new Rgb24((byte)(x * 36), (byte)(y * 51), (byte)(x * y * 8));
            }
        });
        using var tensor = image.ToTensor(range);
        Assert.Equal([1, 3, 5, 7], tensor.shape);
        using var back = tensor.ToRgb24Images(range)[0];
        Assert.Equal(Bytes(image.CloneAs<Rgba32>()), Bytes(back.CloneAs<Rgba32>()));
    }

    private static byte[] Bytes(Image<Rgba32> image)
    {
        var bytes = new byte[image.Width * image.Height * 4];
        image.CopyPixelDataTo(bytes);
        return bytes;
    }
}
