using LdmMl.Torch.Kernels.Attention;
using LdmMl.Torch.Kernels.Products;

using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.Products;

[Collection(WholeProcess.Name)]
public class ProductThreadTests
{
    [Fact]
    public void The_number_of_threads_does_not_matter_to_a_linear_layer()
    {
        using var scope = NewDisposeScope();
        var (tokens, weight, bias) = (Drawn.Normal(1, 2, 300, 320), Drawn.Normal(2, 640, 320), Drawn.Normal(3, 640));
        var results = LibtorchThreads.Each([1, 2, 3], () => TokenProduct.RunGated(tokens, weight, bias));

        Assert.All(results, result => Assert.True(Drawn.Same(result, results[0])));
    }

    [Fact]
    public void The_number_of_threads_does_not_matter_to_an_attention()
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = (Drawn.Normal(1, 2, 4, 200, 40), Drawn.Normal(2, 2, 4, 333, 40), Drawn.Normal(3, 2, 4, 333, 40));
        var results = LibtorchThreads.Each([1, 2, 3], () => BlockAttention.Run(query, key, value));

        Assert.All(results, result => Assert.True(Drawn.Same(result, results[0])));
    }
}
