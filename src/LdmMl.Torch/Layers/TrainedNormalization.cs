using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.ChannelsLast;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// Group normalisation with SiLU in training, for float32 channels-last images on the CPU. The graph keeps the images, which it would keep anyway, and
/// two numbers for each group; libtorch's two operations keep the normalised images as well.
/// </summary>
/// <remarks>Second derivatives are computed by libtorch.</remarks>
internal sealed class TrainedNormalization : autograd.SingleTensorFunction<TrainedNormalization>
{
    private const string Chosen = nameof(Chosen);

    public override string Name => nameof(TrainedNormalization);

    /// <summary>Normalises.</summary>
    /// <param name="images">Images [B, C, H, W], channels last.</param>
    /// <param name="affine">The affine map of each channel; float32 and contiguous.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="epsilon">Added to each variance.</param>
    /// <param name="withSilu">Whether SiLU follows.</param>
    /// <returns>Images of the same shape, channels last. The caller disposes them.</returns>
    public static Tensor Run(Tensor images, ChannelAffine affine, int groups, double epsilon, bool withSilu)
    {
        using var scope = NewDisposeScope();                     // also frees a copy of the result's size that TorchSharp makes and never reads
        return scope.MoveToOuter(apply(images, affine.Shift!, affine.Weight, affine.Bias, new Settings(groups, epsilon, withSilu)));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (images, shift, weight, bias, settings) = ((Tensor)vars[0], (Tensor?)vars[1], (Tensor)vars[2], (Tensor)vars[3], (Settings)vars[4]);
        var statistics = empty([images.shape[0], settings.Groups, 2], ScalarType.Float32, CPU);
        ctx.save_for_backward([images, shift!, weight, bias, statistics]);
        ctx.save_data(Chosen, settings);
        return PixelGroupActivation.Run(
            images, new ChannelAffine(shift, weight, bias), settings.Groups, settings.Epsilon, settings.WithSilu, statistics: statistics).detach();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ReturnedGradients.Free();
        var settings = (Settings)ctx.get_data(Chosen);
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var gradients = is_grad_enabled() ? Differentiably(grad_output, saved, settings) : Gradients(grad_output, saved, settings);
        foreach (var gradient in gradients.OfType<Tensor>())
            scope.MoveToOuter(gradient);
        grad_output.Dispose();
        return ReturnedGradients.Keep([.. gradients, null]);
    }

    private static Tensor?[] Gradients(Tensor gradient, List<Tensor> saved, Settings settings)
    {
        var affine = new ChannelAffine(saved[1], saved[2], saved[3]);
        var all = PixelGroupGradient.Of(saved[0], gradient.ToChannelsLast(), saved[4], affine, settings.Groups, settings.WithSilu);
        if (saved[1] is null)
            all.Shift.Dispose();
        return [all.Images, saved[1] is null ? null : all.Shift, all.Weight, all.Bias];
    }

    // The same by libtorch's operations, which have derivatives of their own.
    private static Tensor?[] Differentiably(Tensor gradient, List<Tensor> saved, Settings settings)
    {
        var (images, shift, weight, bias) = (saved[0], saved[1], saved[2], saved[3]);
        var shifted = shift is null ? images : images.Plus(Map(shift));
        var normal = nn.functional.group_norm(shifted, settings.Groups, eps: settings.Epsilon);
        var scaled = (normal * Map(weight)).Plus(Map(bias));
        var result = settings.WithSilu ? nn.functional.silu(scaled) : scaled;
        Tensor?[] inputs = [images, shift, weight, bias];
        var trained = inputs.Where(input => input is { requires_grad: true }).ToArray();
        var gradients = autograd.grad([result], trained!, [gradient], retain_graph: true, create_graph: true);
        return [.. inputs.Select(input => input is { requires_grad: true } ? gradients[Array.IndexOf(trained, input)] : null)];
    }

    private static Tensor Map(Tensor perChannel) => perChannel.dim() == 2    // [B, C] or [C] -> [B or 1, C, 1, 1]
        ? perChannel.unsqueeze(2).unsqueeze(3) : perChannel.view(1, -1, 1, 1);

    private sealed record Settings(int Groups, double Epsilon, bool WithSilu);
}
