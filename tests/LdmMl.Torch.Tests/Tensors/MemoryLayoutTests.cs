using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Kernels;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Tensors;

public class MemoryLayoutTests
{
    [Fact]
    public void Plain_images_become_channels_last_and_keep_their_values()
    {
        using var scope = NewDisposeScope();
        var images = Drawn.Normal(1, 2, 3, 4, 5);
        var turned = images.ToChannelsLast();

        Assert.False(images.IsChannelsLast());
        Assert.True(turned.IsChannelsLast());
        Assert.True(Drawn.Same(turned, images));
    }

    [Fact]
    public void Channels_last_images_share_their_memory()
    {
        using var scope = NewDisposeScope();
        var images = Drawn.Normal(1, 2, 3, 4, 5).ToChannelsLast();
        images.ToChannelsLast().zero_();

        Assert.Equal(0, images.abs().max().item<float>());
    }

    // Both orders are the same memory, so the strides, which depend on the batch, do not matter.
    [Theory]
    [InlineData(1, 3, 1, 1)]
    [InlineData(2, 3, 1, 1)]
    [InlineData(1, 1, 4, 5)]
    [InlineData(2, 1, 4, 5)]
    public void Maps_of_one_pixel_or_one_channel_count_as_plain(long count, long channels, long height, long width)
    {
        using var scope = NewDisposeScope();
        var images = Drawn.Normal(1, count, channels, height, width);

        Assert.False(images.IsChannelsLast());
        Assert.False(images.ToChannelsLast().IsChannelsLast());
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(5, 1)]
    [InlineData(2, 2)]
    public void Rows_of_a_batch_have_its_order_and_parts_of_a_map_have_none(long height, long width)
    {
        using var scope = NewDisposeScope();
        var images = Drawn.Normal(1, 3, 4, height, width).ToChannelsLast();

        Assert.True(images.IsChannelsLast());
        Assert.True(images.narrow(0, 1, 1).IsChannelsLast());
        Assert.True(images.narrow(0, 1, 2).IsChannelsLast());
        Assert.False(images.narrow(1, 0, 3).IsChannelsLast());
    }

    [Fact]
    public void Tensors_that_are_not_images_are_refused()
    {
        using var scope = NewDisposeScope();

        var error = Assert.Throws<ArgumentException>(() => zeros(2, 3).IsChannelsLast());
        Assert.StartsWith("Image tensors have four axes, [N, C, H, W].", error.Message, StringComparison.Ordinal);
    }
}
