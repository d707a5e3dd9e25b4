using LdmMl.Torch.Layers;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Kernels;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

public class PixelTokensTests
{
    public static TheoryData<long, long, long, long> Shapes() => new() { { 2, 6, 4, 5 }, { 1, 6, 3, 3 }, { 3, 6, 1, 1 }, { 2, 1, 3, 4 }, { 2, 6, 1, 7 }, { 2, 6, 7, 1 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Tokens_convert_back_to_the_image_in_either_order(long count, long channels, long height, long width)
    {
        using var scope = NewDisposeScope();
        var plain = Drawn.Normal(1, count, channels, height, width);

        foreach (var images in new[] { plain, plain.ToChannelsLast() })
        {
            foreach (var like in new[] { plain, plain.ToChannelsLast() })
            {
                var tokens = PixelTokens.From(images.alias());
                Assert.Equal([count, height * width, channels], tokens.shape);
                Assert.True(tokens.is_contiguous());
                Assert.True(Drawn.Same(tokens[0, (height * width) - 1], images[0, TensorIndex.Colon, height - 1, width - 1]));

                var back = PixelTokens.ToImage(tokens, like);
                Assert.True(Drawn.Same(back, plain));
                Assert.Equal(like.IsChannelsLast(), back.IsChannelsLast());
                Assert.True(like.IsChannelsLast() || back.is_contiguous());
            }
        }
    }

    [Fact]
    public void Channels_last_images_are_not_copied()
    {
        using var scope = NewDisposeScope();
        var images = Drawn.Normal(1, 2, 6, 4, 5).ToChannelsLast();
        var tokens = PixelTokens.From(images.alias());
        tokens.zero_();

        Assert.Equal(0, images.abs().max().item<float>());
    }

    [Fact]
    public void The_converted_tensor_is_freed()
    {
        using var scope = NewDisposeScope();
        var images = Drawn.Normal(1, 2, 6, 4, 5);
        var like = images.alias();
        var tokens = PixelTokens.From(images);
        PixelTokens.ToImage(tokens, like);

        Assert.True(images.IsInvalid);
        Assert.True(tokens.IsInvalid);
        Assert.False(like.IsInvalid);
    }
}
