using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training;

public class ImageSetTests
{
    [Fact]
    public void Transparent_pixels_are_composited_over_the_background()
    {
        var set = new ImageSet(1, 1);
        set.Add([10, 20, 30, 0], PixelLayout.Rgba32);
        set.Add([10, 20, 30, 0], PixelLayout.Rgba32, PixelColor.Black);
        var planes = new float[3];

        set.Read(0, PixelRange.MinusOneToOne, planes);
        Assert.Equal([1f, 1f, 1f], planes);
        set.Read(1, PixelRange.MinusOneToOne, planes);
        Assert.Equal([-1f, -1f, -1f], planes);
    }

    [Fact]
    public void An_image_of_another_size_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new ImageSet(4, 2).Add(new byte[27], PixelLayout.Rgb24));
        Assert.StartsWith(
            "The image has 27 bytes, but this set contains 4x2 images, which have 24 in Rgb24. Resize every image to one size first.", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_epoch_has_each_image_once_in_a_new_order()
    {
        var set = new ImageSet(1, 1, channels: 1);
        for (byte value = 0; value < 50; value++)
            set.Add([value], PixelLayout.Gray8);
        using var reader = new BatchReader(set, PixelRange.ZeroToOne, new AutoencoderTrainingOptions { BatchSize = 20 });
        var epochs = Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, 3).SelectMany(_ => Bytes(reader)).ToArray()).ToArray();

        Assert.Equal(2, reader.Epoch);
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 50), epoch.Order()));
        Assert.NotEqual(epochs[0], epochs[1]);
    }

    [Fact]
    public void About_half_of_the_images_are_mirrored_on_request()
    {
        var set = new ImageSet(2, 1, channels: 1);
        for (var i = 0; i < 200; i++)
            set.Add([0, 255], PixelLayout.Gray8);
        using var reader = new BatchReader(set, PixelRange.ZeroToOne, new AutoencoderTrainingOptions { BatchSize = 200, HorizontalFlips = true });

        Assert.InRange(Bytes(reader).Where((_, i) => i % 2 == 0).Count(value => value == 255), 70, 130);
    }

    private static int[] Bytes(BatchReader reader)
    {
        using var batch = reader.Next();
        return [.. batch.data<float>().Select(value => (int)MathF.Round(value * 255))];
    }
}
