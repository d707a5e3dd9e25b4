using LdmMl.Torch.Layers;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

public class TrainedNormalizationTests
{
    // Relative root mean square of a gradient's deviation from float64.
    private const double LargestError = 1e-6;

    [Theory]
    [InlineData(4, 32, 7, 9, true, false, false)]
    [InlineData(32, 64, 40, 36, true, true, false)]
    [InlineData(3, 21, 8, 5, false, false, true)]
    [InlineData(8, 48, 16, 16, true, true, true)]
    public void Every_gradient_equals_libtorchs(int groups, int channels, int height, int width, bool withSilu, bool shifts, bool scales)
    {
        using var scope = NewDisposeScope();
        using var norm = Norm(groups, channels);
        var (images, gradient) = (Drawn.Normal(1, 3, channels, height, width), Drawn.Normal(2, 3, channels, height, width));
        var (shift, scale, offset) = (
            shifts ? Drawn.Normal(3, 3, channels) : null, scales ? Drawn.Normal(4, 3, channels) : null, scales ? Drawn.Normal(5, 3, channels) : null);

        var fast = Gradients(norm, images, gradient, shift, scale, offset, withSilu, ConvolutionMode.Auto);
        norm.to(ScalarType.Float64);
        var expected = Exact(norm, images, gradient, shift, scale, offset, withSilu);

        Assert.All(fast.Zip(expected), pair => Assert.InRange(Drawn.RelativeError(pair.First, pair.Second), 0, LargestError));
    }

    [Fact]
    public void Second_derivatives_equal_libtorchs()
    {
        using var scope = NewDisposeScope();
        using var norm = Norm(4, 32);
        var images = Drawn.Normal(1, 2, 32, 8, 8).requires_grad_();

        var (fast, direct) = (Penalty(ConvolutionMode.Auto), Penalty(ConvolutionMode.Direct));

        Assert.All(fast.Zip(direct), pair => Assert.InRange(Drawn.RelativeError(pair.First, pair.Second), 0, 1e-5));

        Tensor[] Penalty(ConvolutionMode mode)
        {
            var result = Run(norm, images, mode).pow(Whole(3)).sum();
            var gradient = autograd.grad([result], [images], retain_graph: true, create_graph: true)[0];
            return [.. autograd.grad([gradient.pow(Whole(2)).sum()], [images, (Tensor)norm.weight!])];
        }
    }

    [Fact]
    public void A_pass_leaves_no_tensor_behind()
    {
        using var norm = Norm(4, 32);
        using var images = Drawn.Normal(1, 2, 32, 8, 8);
        Step();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Step();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        void Step()
        {
            using var scope = NewDisposeScope();
            Run(norm, Run(norm, images, ConvolutionMode.Auto), ConvolutionMode.Auto).sum().backward();
            (norm.weight!.grad, norm.bias!.grad) = (null, null);
        }
    }

    private static GroupNorm Norm(int groups, int channels)
    {
        var norm = GroupNormalization.Create(groups, channels, epsilon: 1e-5, device: null);
        using var noGradient = no_grad();
        norm.weight!.copy_(Drawn.Normal(7, channels));
        norm.bias!.copy_(Drawn.Normal(8, channels));
        return norm;
    }

    private static Tensor Run(GroupNorm norm, Tensor images, ConvolutionMode mode)
    {
        using var training = new ConvolutionScope(mode, trains: true);
        return FusedNormalization.RunLarge(norm, mode == ConvolutionMode.Direct ? images : images.ToChannelsLast(), withSilu: true);
    }

    private static Tensor[] Gradients(
        GroupNorm norm, Tensor images, Tensor gradient, Tensor? shift, Tensor? scale, Tensor? offset, bool withSilu, ConvolutionMode mode)
    {
        using var training = new ConvolutionScope(mode, trains: true);
        var inputs = new[] { images, shift, scale, offset }.OfType<Tensor>().Select(input => input.detach().requires_grad_()).ToList();
        var rest = new Queue<Tensor>(inputs);
        var result = FusedNormalization.Run(
            norm, rest.Dequeue().ToChannelsLast(), ScalarType.Float32, withSilu, shift is null ? null : rest.Dequeue(),
            scale is null ? null : rest.Dequeue(), offset is null ? null : rest.Dequeue());
        return [.. autograd.grad([result], [.. inputs, norm.weight!, norm.bias!], [gradient])];
    }

    private static Tensor[] Exact(GroupNorm norm, Tensor images, Tensor gradient, Tensor? shift, Tensor? scale, Tensor? offset, bool withSilu)
    {
        var inputs = new[] { images, shift, scale, offset }.OfType<Tensor>()
            .Select(input => input.to(ScalarType.Float64).detach().requires_grad_()).ToList();
        var rest = new Queue<Tensor>(inputs);
        var value = rest.Dequeue();
        value = norm.call(shift is null ? value : value.Plus(Map(rest.Dequeue())));
        value = scale is null ? value : (value * (Map(rest.Dequeue()) + Real(1))).Plus(Map(rest.Dequeue()));
        value = withSilu ? nn.functional.silu(value) : value;
        return [.. autograd.grad([value], [.. inputs, norm.weight!, norm.bias!], [gradient.to(ScalarType.Float64)])];
    }

    private static Tensor Map(Tensor perChannel) => perChannel.unsqueeze(2).unsqueeze(3);
}
