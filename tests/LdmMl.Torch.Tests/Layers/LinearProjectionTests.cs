using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

public class LinearProjectionTests
{
    [Theory]
    [InlineData(16, 64, 1)]
    [InlineData(12, 16, 3)]
    [InlineData(128, 512, 1)]
    [InlineData(256, 64, 1)]
    [InlineData(256, 64, 9)]
    public void A_rows_bits_do_not_depend_on_how_many_rows_there_are(int inChannels, int outChannels, int tokens)
    {
        const int Most = 16;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(1, CPU);
        using var layer = new LinearProjection(inChannels, outChannels);
        var input = randn(Most, tokens, inChannels, generator: generator);
        foreach (var items in new[] { input, input.reshape(Most * tokens, inChannels) })
        {
            var together = layer.call(items);
            for (var rows = 1; rows < Most; rows++)
                Assert.True(layer.call(items.narrow(0, 0, rows)).Equals(together.narrow(0, 0, rows)), $"{rows} rows differ from the same in a batch.");
        }
    }

    [Fact]
    public void Few_rows_of_any_shape_are_multiplied_like_many_and_have_gradients()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        using var layer = new LinearProjection(6, 5);
        var input = randn([2, 1, 3, 6], generator: generator).requires_grad_();
        var given = layer.call(input);
        var wanted = nn.functional.linear(input, layer.Weight, layer.Bias);
        Assert.Equal(wanted.shape, given.shape);
        Assert.True(wanted.allclose(given, rtol: 1e-5, atol: 1e-6));

        given.pow(Whole(2)).sum().backward();
        var gradient = input.grad!.clone();
        input.grad!.zero_();
        wanted.pow(Whole(2)).sum().backward();
        Assert.True(gradient.allclose(input.grad!, rtol: 1e-5, atol: 1e-6));
    }
}
