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

    private static int FirstDifference(nn.Module<Tensor, Tensor> module, Tensor input)
    {
        using var scope = NewDisposeScope();
        var together = module.call(input);
        return Array.FindIndex([1, 2, 3, 15, 16, 17, 30], rows => !module.call(input.narrow(0, 0, rows)).Equals(together.narrow(0, 0, rows)));
    }
}
