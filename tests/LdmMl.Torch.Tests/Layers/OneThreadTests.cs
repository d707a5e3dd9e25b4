using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

[Collection(WholeProcess.Name)]
public class OneThreadTests
{
    [Fact]
    public void A_row_has_the_same_bits_alone_and_in_a_large_batch_on_one_thread_as_on_two()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(1, CPU);
        using var layer = new LinearProjection(256, 64);
        using var convolution = new ImageConvolution(32, 16, kernel: 3, padding: 1);
        var (tokens, images) = (randn([31, 1, 256], generator: generator), randn([31, 32, 6, 4], generator: generator));

        Assert.All(LibtorchThreads.Each([1, 2], () => (int[])[FirstDifference(layer, tokens), FirstDifference(convolution, images)]), found => Assert.Equal([-1, -1], found));
    }

    [Fact]
    public void A_row_has_the_same_bits_wherever_it_begins_in_memory()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(2, CPU);
        var found = LibtorchThreads.Each([1, 2], () => new[] { (3, 6, 16), (2, 7, 5), (1, 9, 5), (5, 33, 12) }.Select(shape =>
        {
            var (count, inChannels, outChannels) = shape;
            using var layer = new LinearProjection(inChannels, outChannels);
            using var convolution = new ImageConvolution(inChannels, outChannels, kernel: 3, padding: 1);
            return (FirstMoved(layer, randn([7, count, inChannels], generator: generator)),
                FirstMoved(convolution, randn([7, inChannels, count, 3], generator: generator)));
        }).ToArray());

        Assert.All(found, shapes => Assert.All(shapes, moved => Assert.Equal((-1, -1), moved)));
    }

    private static int FirstMoved(nn.Module<Tensor, Tensor> module, Tensor input)
    {
        using var scope = NewDisposeScope();
        var together = module.call(input);
        return Array.FindIndex([0, 1, 2, 3, 4, 5, 6], row => !module.call(input.narrow(0, row, 1)).Equals(together.narrow(0, row, 1)));
    }

    private static int FirstDifference(nn.Module<Tensor, Tensor> module, Tensor input)
    {
        using var scope = NewDisposeScope();
        var together = module.call(input);
        return Array.FindIndex([1, 2, 3, 15, 16, 17, 30], rows => !module.call(input.narrow(0, 0, rows)).Equals(together.narrow(0, 0, rows)));
    }
}
