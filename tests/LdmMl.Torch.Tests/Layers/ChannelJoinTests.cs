using LdmMl.Torch.Layers;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Kernels;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

public class ChannelJoinTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Channels_follow_each_other_in_the_order_of_memory_of_the_images(bool channelsLast)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor first = Drawn.Normal(1, 2, 3, 5, 4), second = Drawn.Normal(2, 2, 6, 5, 4);
        var joined = channelsLast ? ChannelJoin.Of(first.ToChannelsLast(), second.ToChannelsLast()) : ChannelJoin.Of(first, second);

        Assert.True(Drawn.Same(joined, cat([first, second], dim: 1)));
        Assert.Equal(channelsLast, joined.IsChannelsLast());
    }

    [Fact]
    public void Gradients_pass()
    {
        using var scope = NewDisposeScope();
        Tensor first = Drawn.Normal(1, 1, 2, 3, 3).ToChannelsLast().requires_grad_(), second = Drawn.Normal(2, 1, 2, 3, 3).ToChannelsLast();
        ChannelJoin.Of(first, second).sum().backward();

        Assert.True(Drawn.Same(first.grad!, ones_like(first)));
    }
}
