using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Tensors;

public class ImagePaddingTests
{
    public ImagePaddingTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(5, 7, 8, 8, 8)]
    [InlineData(8, 16, 8, 8, 16)]
    [InlineData(1, 1, 8, 8, 8)]
    [InlineData(9, 3, 4, 12, 4)]
    public void Padding_repeats_the_edge_and_cropping_undoes_it(int height, int width, int factor, int newHeight, int newWidth)
    {
        using var images = arange(Whole(2 * 3 * height * width)).reshape(2, 3, height, width).to(float32);
        using var padded = ImagePadding.PadToMultiple(images, factor);
        Assert.Equal([2, 3, newHeight, newWidth], padded.shape);
        for (var y = 0; y < newHeight; y++)
        {
            for (var x = 0; x < newWidth; x++)
            {
                var expected = images[1, 2, Math.Min(y, height - 1), Math.Min(x, width - 1)].item<float>();
                Assert.Equal(expected, padded[1, 2, y, x].item<float>());
            }
        }

        using var cropped = ImagePadding.CropTo(padded, height, width);
        Assert.True(cropped.is_contiguous());
        Assert.True(cropped.equal(images).all().item<bool>());
    }

    [Fact]
    public void Nothing_leaks()
    {
        using var images = zeros(1, 3, 5, 5);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (var padded = ImagePadding.PadToMultiple(images, 4))
        using (ImagePadding.CropTo(padded, 5, 5))
        using (ImagePadding.PadToMultiple(images, 5))
        {
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Wrong_shapes_are_refused()
    {
        using var image = zeros(3, 5, 5);
        using var images = zeros(1, 3, 5, 5);
        var shape = Assert.Throws<ArgumentException>(() => ImagePadding.PadToMultiple(image, 4));
        Assert.Equal("Expected images [B, C, H, W], got [3, 5, 5]. (Parameter 'images')", shape.Message);
        var size = Assert.Throws<ArgumentException>(() => ImagePadding.CropTo(images, 6, 5));
        Assert.Equal("Cannot crop images of 5x5 to 5x6; give sides from 1 to those of the images. (Parameter 'images')", size.Message);
    }
}
