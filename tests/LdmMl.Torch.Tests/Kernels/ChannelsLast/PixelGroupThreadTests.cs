using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.ChannelsLast;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.ChannelsLast;

[Collection(WholeProcess.Name)]
public class PixelGroupThreadTests
{
    [Fact]
    public void The_number_of_threads_does_not_matter()
    {
        using var scope = NewDisposeScope();
        var images = Drawn.Normal(2, 3, 64, 43, 37).ToChannelsLast();   // large enough to be shared among threads
        var affine = new ChannelAffine(null, Drawn.Normal(4, 64), Drawn.Normal(5, 64));
        var results = LibtorchThreads.Each([1, 2, 3], () => PixelGroupActivation.Run(images, affine, groups: 32, 1e-6, withSilu: true));

        Assert.All(results, result => Assert.True(Drawn.Same(result, results[0])));
    }
}
