using CsCheck;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Tests.Tensors;

public class ImageResizerTests
{
    private static readonly Gen<(int Channels, ResizeFilter Filter, int Width, int Height, int NewWidth, int NewHeight)> Cases =
        Gen.Select(
            Gen.OneOf(Gen.Const(1), Gen.Const(3), Gen.Const(4)), Gen.Enum<ResizeFilter>(), Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 40]);

    [Fact]
    public void A_constant_image_stays_constant() =>
        Gen.Select(Cases, Gen.Byte[1, 255]).Sample(
            (image, value) =>
            {
                var source = new byte[image.Width * image.Height * image.Channels];
                Array.Fill(source, value);
                for (var alpha = 3; image.Channels == 4 && alpha < source.Length; alpha += 4)
                {
                    source[alpha] = 255;   // with less, premultiplication would round the colours
                }

                var pixel = source[..image.Channels];
                Assert.All(Resize(source, image).Chunk(image.Channels), result => Assert.Equal(pixel, result));
            },
            iter: 300);

    [Fact]
    public void The_same_size_is_a_copy() =>
        Cases.Sample(
            image =>
            {
                var source = Noise(image.Width * image.Height * image.Channels);
                Assert.Equal(source, Resize(source, image with { NewWidth = image.Width, NewHeight = image.Height }));
            },
            iter: 100);

    [Fact]
    public void Halving_with_a_symmetric_filter_commutes_with_a_flip() =>
        Cases.Where(image => image.Filter is not (ResizeFilter.Nearest or ResizeFilter.Box)).Sample(
            image =>
            {
                // Sizes with the ratio 2 have exact centres, so that both sides sum the same weights.
                var halved = image with { Width = image.NewWidth * 2, Height = image.NewHeight * 2 };
                var source = Noise(halved.Width * halved.Height * halved.Channels);
                var flippedAfter = Flip(Resize(source, halved), halved.Channels);
                Assert.Equal(flippedAfter, Resize(Flip(source, halved.Channels), halved));
            },
            iter: 200);

    [Fact]
    public void Channels_do_not_mix() =>
        Cases.Sample(
            image =>
            {
                var source = Noise(image.Width * image.Height * 3);
                var colors = Resize(source, image with { Channels = 3 });
                for (var channel = 0; channel < 3; channel++)
                {
                    var plane = source.Where((_, i) => i % 3 == channel).ToArray();
                    Assert.Equal(colors.Where((_, i) => i % 3 == channel), Resize(plane, image with { Channels = 1 }));
                }
            },
            iter: 100);

    [Fact]
    public void Hidden_colours_do_not_bleed()
    {
        byte[] source = [255, 0, 0, 255, 0, 255, 0, 0];
        var target = new byte[4];
        ImageResizer.Resize(source, 2, 1, target, 1, 1, 4, ResizeFilter.Box);
        Assert.Equal([255, 0, 0, 128], target);   // half transparent red, not brown
    }

    [Fact]
    public void Wrong_arguments_are_refused_with_what_is_needed()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            ImageResizer.Resize(new byte[11], 2, 2, new byte[3], 1, 1, 3, ResizeFilter.Box));
        Assert.Equal("The source has 11 bytes; 2x2 pixels of 3 bytes need 12. (Parameter 'source')", error.Message);

        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize([], 0, 2, new byte[3], 1, 1, 3, ResizeFilter.Box));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(new byte[2], 1, 1, new byte[2], 1, 1, 2, ResizeFilter.Box));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(new byte[1], 1, 1, new byte[1], 1, 1, 1, (ResizeFilter)9));
        var shared = new byte[8];
        Assert.Throws<ArgumentException>(() => ImageResizer.Resize(shared, 2, 4, shared.AsSpan(0, 4), 2, 2, 1, ResizeFilter.Box));
    }

    private static byte[] Resize(
        byte[] source, (int Channels, ResizeFilter Filter, int Width, int Height, int NewWidth, int NewHeight) image)
    {
        var target = new byte[image.NewWidth * image.NewHeight * image.Channels];
        ImageResizer.Resize(source, image.Width, image.Height, target, image.NewWidth, image.NewHeight, image.Channels, image.Filter);
        return target;
    }

    // Rotated by 180 degrees: both axes are mirrored.
    private static byte[] Flip(byte[] pixels, int channels) => [.. pixels.Chunk(channels).Reverse().SelectMany(pixel => pixel)];

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
