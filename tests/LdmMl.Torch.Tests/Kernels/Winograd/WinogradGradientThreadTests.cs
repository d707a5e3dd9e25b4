using LdmMl.Torch.Kernels.Winograd;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.Winograd;

[Collection(WholeProcess.Name)]
public class WinogradGradientThreadTests
{
    [Theory]
    [MemberData(nameof(WinogradConvolutionTests.Kernels), MemberType = typeof(WinogradConvolutionTests))]
    public void Gradients_are_the_same_for_every_number_of_threads(string kernel)
    {
        using var scope = NewDisposeScope();
        var (tile, lanes) = (WinogradCases.Tile(kernel), WinogradCases.Lanes(kernel));
        var (weight, _) = WinogradCases.Layer(4 * lanes, 6 * lanes);
        var (images, gradient) = (WinogradCases.Activations(3, 4 * lanes, 40, 36), Drawn.Normal(3, 3, 6 * lanes, 40, 36));

        var each = LibtorchThreads.Each([1, 2, 3, 5], () =>
            (OfInput: WinogradGradient.OfInput(tile, gradient, weight, lanes), OfWeight: WinogradGradient.OfWeight(tile, images, gradient, lanes: lanes)));

        Assert.All(each, other =>
        {
            Assert.True(Drawn.Same(each[0].OfInput, other.OfInput));
            Assert.True(Drawn.Same(each[0].OfWeight, other.OfWeight));
        });
    }
}
