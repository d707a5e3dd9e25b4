using CsCheck;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Tests.Tensors;

public class PixelTensorsTests
{
    private static readonly PixelColor Background = new(200, 30, 101);

    public static TheoryData<PixelLayout, PixelRange, int> Combinations()
    {
        var data = new TheoryData<PixelLayout, PixelRange, int>();
        foreach (var layout in Enum.GetValues<PixelLayout>())
        {
            foreach (var range in Enum.GetValues<PixelRange>())
            {
                data.Add(layout, range, 1);
                data.Add(layout, range, 3);
            }
        }

        return data;
    }

    [Theory]
    [InlineData(PixelRange.ZeroToOne)]
    [InlineData(PixelRange.MinusOneToOne)]
    public void Every_byte_maps_by_the_documented_formula_and_comes_back(PixelRange range)
    {
        var bytes = Enumerable.Range(0, 256).Select(value => (byte)value).ToArray();
        var planes = new float[256];
        PixelTensors.ToPlanes(bytes, PixelLayout.Gray8, default, range, planes, 1);
        Assert.Equal(bytes.Select(value => range == PixelRange.ZeroToOne ? value / 255f : (value * (2f / 255f)) - 1f), planes);
        Assert.Equal(1f, planes[255]);
        Assert.Equal(range == PixelRange.ZeroToOne ? 0f : -1f, planes[0]);

        var back = new byte[256];
        PixelTensors.FromPlanes(planes, 1, range, back, PixelLayout.Gray8);
        Assert.Equal(bytes, back);
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Planes_equal_a_plain_loop_for_every_length(PixelLayout layout, PixelRange range, int channels) =>
        Gen.Byte.Array[0, 4 * 41].Sample(
            bytes =>
            {
                var size = layout.BytesPerPixel();
                var pixels = bytes.AsSpan(0, bytes.Length / size * size);
                var count = pixels.Length / size;
                var planes = new float[count * channels];
                PixelTensors.ToPlanes(pixels, layout, Background, range, planes, channels);
                for (var i = 0; i < count; i++)
                {
                    var expected = Plain(pixels.Slice(i * size, size), layout, channels);
                    for (var channel = 0; channel < channels; channel++)
                    {
                        var value = range == PixelRange.ZeroToOne ? expected[channel] / 255f : (expected[channel] * (2f / 255f)) - 1f;
                        Assert.Equal(value, planes[(channel * count) + i]);
                    }
                }
            },
            iter: 200);

    [Theory]
    [InlineData(PixelLayout.Rgb24)]
    [InlineData(PixelLayout.Rgba32)]
    [InlineData(PixelLayout.Bgra32)]
    public void Opaque_pixels_survive_the_round_trip(PixelLayout layout) =>
        Gen.Byte.Array[0, 4 * 41].Sample(
            bytes =>
            {
                var size = layout.BytesPerPixel();
                var pixels = bytes[..(bytes.Length / size * size)];
                for (var i = 3; size == 4 && i < pixels.Length; i += 4)
                {
                    pixels[i] = 255;
                }

                var planes = new float[pixels.Length / size * 3];
                var back = new byte[pixels.Length];
                PixelTensors.ToPlanes(pixels, layout, Background, PixelRange.MinusOneToOne, planes, 3);
                PixelTensors.FromPlanes(planes, 3, PixelRange.MinusOneToOne, back, layout);
                Assert.Equal(pixels, back);
            },
            iter: 200);

    [Fact]
    public void Values_are_clamped_and_ties_round_to_even()
    {
        float[] values = [-0.1f, 1.1f, 0.5f / 255f, 1.5f / 255f, 2.5f / 255f, float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        var bytes = new byte[8];
        PixelTensors.FromPlanes(values, 1, PixelRange.ZeroToOne, bytes, PixelLayout.Gray8);
        Assert.Equal([0, 255, 0, 2, 2, 0, 255, 0], bytes);
    }

    [Fact]
    public void Grey_planes_become_equal_colours()
    {
        var pixels = new byte[8];
        PixelTensors.FromPlanes([1f, 0.2f], 1, PixelRange.ZeroToOne, pixels, PixelLayout.Bgra32);
        Assert.Equal([255, 255, 255, 255, 51, 51, 51, 255], pixels);
    }

    [Fact]
    public void One_transparent_pixel_is_found_wherever_it_is()
    {
        for (var count = 0; count < 20; count++)
        {
            var pixels = Enumerable.Repeat((byte)255, count * 4).ToArray();
            Assert.True(PixelBytes.IsOpaque(pixels));
            for (var i = 0; i < count; i++)
            {
                pixels[(i * 4) + 3] = 254;
                Assert.False(PixelBytes.IsOpaque(pixels));
                pixels[(i * 4) + 3] = 255;
            }
        }
    }

    [Fact]
    public void Lengths_that_do_not_match_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            PixelTensors.ToPlanes(new byte[12], PixelLayout.Rgb24, default, PixelRange.ZeroToOne, new float[9], 3));
        Assert.Equal(
            "12 bytes of Rgb24 and 9 floats in 3 channels are not the same number of pixels; give 3 bytes and 3 floats for each pixel.",
            error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            PixelTensors.FromPlanes(new float[8], 2, PixelRange.ZeroToOne, new byte[12], PixelLayout.Rgb24));
    }

    private static byte[] Plain(ReadOnlySpan<byte> pixel, PixelLayout layout, int channels)
    {
        int[] colors = layout switch
        {
            PixelLayout.Gray8 => [pixel[0], pixel[0], pixel[0]],
            PixelLayout.Bgra32 => [pixel[2], pixel[1], pixel[0]],
            _ => [pixel[0], pixel[1], pixel[2]],
        };
        int[] background = [Background.Red, Background.Green, Background.Blue];
        var alpha = pixel.Length == 4 ? pixel[3] : 255;
        var laid = colors.Select((color, i) => (int)Math.Round(((color * alpha) + (background[i] * (255 - alpha))) / 255.0)).ToArray();
        return channels == 3
            ? [.. laid.Select(color => (byte)color)]
            : [(byte)(((laid[0] * 19595) + (laid[1] * 38470) + (laid[2] * 7471) + 32768) >> 16)];
    }
}
