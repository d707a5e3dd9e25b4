using LdmMl.Torch.Layers;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

public class TrainedConvolutionTests
{
    // Relative root mean square of a gradient's deviation from float64.
    private const double LargestError = 1e-5;

    [Theory]
    [InlineData(ConvolutionMode.Auto, 64, 32, 12, 20, false)]
    [InlineData(ConvolutionMode.Auto, 32, 64, 7, 9, true)]
    [InlineData(ConvolutionMode.Exact, 64, 64, 16, 16, false)]
    [InlineData(ConvolutionMode.Exact, 32, 32, 5, 8, true)]
    public void Every_gradient_of_a_layer_equals_libtorchs(ConvolutionMode mode, int inChannels, int outChannels, int height, int width, bool doubles)
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(inChannels, outChannels);
        var factor = doubles ? 2 : 1;
        var (images, addend) = (Drawn.Normal(1, 3, inChannels, height, width), Drawn.Normal(2, 3, outChannels, factor * height, factor * width));
        var gradient = Drawn.Normal(3, 3, outChannels, factor * height, factor * width);

        var fast = Gradients(layer, images, addend, gradient, mode, doubles);
        layer.to(ScalarType.Float64);
        var expected = Gradients(layer, images, addend, gradient, ConvolutionMode.Direct, doubles);

        Assert.All(fast.Zip(expected), pair => Assert.InRange(Drawn.RelativeError(pair.First, pair.Second), 0, LargestError));
        Assert.False(Drawn.Same(fast[0], expected[0].to(ScalarType.Float32)));               // another algorithm
    }

    [Fact]
    public void A_layer_that_is_not_trained_passes_the_gradient_of_its_input()
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(32, 32);
        foreach (var parameter in layer.parameters())
            parameter.requires_grad_(false);
        var (images, gradient) = (Drawn.Normal(1, 2, 32, 16, 16).requires_grad_(), Drawn.Normal(2, 2, 32, 16, 16));

        var fast = autograd.grad([Run(layer, images, ConvolutionMode.Auto)], [images], [gradient])[0];
        var direct = autograd.grad([Run(layer, images, ConvolutionMode.Direct)], [images], [gradient])[0];

        Assert.InRange(Drawn.RelativeError(fast, direct), 0, LargestError);
    }

    [Fact]
    public void A_gradient_can_be_asked_for_without_a_backward_pass_and_then_again()
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(32, 32);
        var (images, gradient) = (Drawn.Normal(1, 2, 32, 16, 16), Drawn.Normal(2, 2, 32, 16, 16));
        var result = Run(layer, images, ConvolutionMode.Auto);

        var first = autograd.grad([result], [layer.Weight], [gradient], retain_graph: true)[0];
        var second = autograd.grad([result], [layer.Weight], [gradient], retain_graph: true)[0];
        autograd.backward([result], [gradient]);

        Assert.True(Drawn.Same(first, second));
        Assert.True(Drawn.Same(first, layer.Weight.grad!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Second_derivatives_equal_libtorchs(bool doubles)
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(32, 32);
        var images = Drawn.Normal(1, 2, 32, 8, 8).requires_grad_();

        var fast = Penalty(ConvolutionMode.Auto);
        var direct = Penalty(ConvolutionMode.Direct);

        Assert.InRange(Drawn.RelativeError(fast.OfImages, direct.OfImages), 0, LargestError);
        Assert.InRange(Drawn.RelativeError(fast.OfWeight, direct.OfWeight), 0, LargestError);

        // The gradient of a gradient's square, as in an R1 penalty.
        (Tensor OfImages, Tensor OfWeight) Penalty(ConvolutionMode mode)
        {
            var result = (doubles ? RunDoubled(layer, images, mode) : Run(layer, images, mode)).pow(Whole(3)).sum();
            var gradient = autograd.grad([result], [images], retain_graph: true, create_graph: true)[0];
            var all = autograd.grad([gradient.pow(Whole(2)).sum()], [images, layer.Weight]);
            return (all[0], all[1]);
        }
    }

    [Fact]
    public void Weights_that_change_between_two_passes_are_not_remembered()
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(32, 32);
        var images = Drawn.Normal(1, 2, 32, 8, 8);
        Run(layer, images, ConvolutionMode.Auto).Dispose();
        using (no_grad())
        {
            layer.Weight.mul_(Real(2));
            layer.Bias!.add_(Real(1));
        }

        Assert.InRange(Drawn.RelativeError(Run(layer, images, ConvolutionMode.Auto), Run(layer, images, ConvolutionMode.Direct)), 0, LargestError);
    }

    [Fact]
    public void A_result_may_be_overwritten_by_what_follows()
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(32, 32);
        var images = Drawn.Normal(1, 2, 32, 8, 8);

        var separate = autograd.grad([Run(layer, images, ConvolutionMode.Auto).relu().sum()], [layer.Weight])[0];
        var inPlace = autograd.grad([Run(layer, images, ConvolutionMode.Auto).relu_().sum()], [layer.Weight])[0];

        Assert.True(Drawn.Same(separate, inPlace));
    }

    [Fact]
    public void A_pass_leaves_no_tensor_behind()
    {
        using var layer = Layer(32, 32);
        using var images = Drawn.Normal(1, 2, 32, 8, 8);
        Step();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Step();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        void Step()
        {
            using var scope = NewDisposeScope();
            Run(layer, Run(layer, images, ConvolutionMode.Auto), ConvolutionMode.Auto).sum().backward();
            (layer.Weight.grad, layer.Bias!.grad) = (null, null);
        }
    }

    private static ImageConvolution Layer(int inChannels, int outChannels)
    {
        var layer = new ImageConvolution(inChannels, outChannels, kernel: 3, padding: 1);
        using var generator = new Generator(5, CPU);
        using var noGradient = no_grad();
        layer.Initialize(generator);
        return layer;
    }

    private static Tensor[] Gradients(ImageConvolution layer, Tensor images, Tensor addend, Tensor gradient, ConvolutionMode mode, bool doubles)
    {
        var format = layer.Weight.dtype;
        var (x, a) = (images.to(format).detach().requires_grad_(), addend.to(format).detach().requires_grad_());
        using var training = new ConvolutionScope(mode, trains: true);
        var input = mode == ConvolutionMode.Direct ? x : x.ToChannelsLast();
        var result = doubles ? layer.ConvolveDoubled(input).Plus(a) : layer.ConvolveWith(input.alias(), a);
        return [.. autograd.grad([result], [x, layer.Weight, layer.Bias!, a], [gradient.to(format)])];
    }

    private static Tensor Run(ImageConvolution layer, Tensor images, ConvolutionMode mode)
    {
        using var training = new ConvolutionScope(mode, trains: true);
        return layer.call(mode == ConvolutionMode.Direct ? images : images.ToChannelsLast());
    }

    private static Tensor RunDoubled(ImageConvolution layer, Tensor images, ConvolutionMode mode)
    {
        using var training = new ConvolutionScope(mode, trains: true);
        return layer.ConvolveDoubled(mode == ConvolutionMode.Direct ? images : images.ToChannelsLast());
    }
}
