using LdmMl.Torch.Kernels.ChannelsLast;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// A 3x3 convolution of stride 1 and padding 1 in training: results and gradients by Winograd's algorithm on the library's kernels. Nothing of the
/// weights is kept between calls, because each step changes them.
/// </summary>
/// <remarks>The graph keeps the input, if the filters are trained, and the filters. Second derivatives are computed by libtorch.</remarks>
internal sealed class TrainedConvolution : autograd.SingleTensorFunction<TrainedConvolution>
{
    private const string Plan = nameof(Plan), Needs = nameof(Needs);

    public override string Name => nameof(TrainedConvolution);

    /// <summary>Convolves.</summary>
    /// <param name="input">Images [B, Cin, h, w], channels last.</param>
    /// <param name="weight">Filters [Cout, Cin, 3, 3].</param>
    /// <param name="bias">The bias of each output channel, [Cout]; null for none.</param>
    /// <param name="addend">Added to the result, [B, Cout, H, W], channels last; null for none.</param>
    /// <param name="plan">The algorithms.</param>
    /// <returns>Images [B, Cout, H, W], channels last. The caller disposes them.</returns>
    public static Tensor Run(Tensor input, Tensor weight, Tensor? bias, Tensor? addend, ConvolutionPlan plan)
    {
        using var scope = NewDisposeScope();                     // also frees a copy of the result's size that TorchSharp makes and never reads
        var isTrained = is_grad_enabled() && new[] { input, weight, bias, addend }.Any(tensor => tensor is { requires_grad: true });
        return scope.MoveToOuter(isTrained ? apply(input, weight, bias!, addend!, plan) : Compute(input, weight, bias, addend, plan));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, weight, bias, addend, plan) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor?)vars[2], (Tensor?)vars[3], (ConvolutionPlan)vars[4]);
        var needs = new GradientNeeds(input.requires_grad, weight.requires_grad, bias is { requires_grad: true }, addend is { requires_grad: true });
        ctx.save_for_backward([needs.Weight ? input : null!, needs.Input || needs.Weight ? weight : null!]);
        ctx.save_data(Plan, plan);
        ctx.save_data(Needs, needs);
        return Compute(input, weight, bias, addend, plan).detach();   // no view, which nothing could overwrite
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ReturnedGradients.Free();
        var (plan, needs) = ((ConvolutionPlan)ctx.get_data(Plan), (GradientNeeds)ctx.get_data(Needs));
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var gradients = is_grad_enabled()
            ? Differentiably(grad_output, saved[0], saved[1], plan, needs) : Gradients(grad_output, saved[0], saved[1], plan, needs);
        foreach (var gradient in gradients.OfType<Tensor>())
            scope.MoveToOuter(gradient);
        grad_output.Dispose();
        if (DirectGradients.IsOn && needs.Weight && saved[1].is_leaf && !is_grad_enabled())
        {
            DirectGradients.Add(saved[1], gradients[1]!);
            gradients[1] = null;
        }

        return ReturnedGradients.Keep([.. gradients, null]);
    }

    private static Tensor Compute(Tensor input, Tensor weight, Tensor? bias, Tensor? addend, ConvolutionPlan plan)
    {
        using var convolution = new WinogradConvolution(plan.Forward, weight, bias, keeps: false);
        return convolution.Convolve(input, plan.Doubles, addend);
    }

    private static Tensor?[] Gradients(Tensor gradient, Tensor? input, Tensor? weight, ConvolutionPlan plan, GradientNeeds needs)
    {
        var pixels = gradient.ToChannelsLast();
        return
        [
            needs.Input ? Shrunk(WinogradGradient.OfInput(plan.OfInput, pixels, weight!), plan) : null,
            needs.Weight ? WinogradGradient.OfWeight(plan.OfWeight, input!, pixels, plan.Doubles) : null,
            needs.Bias ? ChannelTotals.Of(pixels) : null,
            needs.Addend ? pixels.alias() : null,
        ];
    }

    // The same by libtorch's operations, which have derivatives of their own.
    private static Tensor?[] Differentiably(Tensor gradient, Tensor? input, Tensor? weight, ConvolutionPlan plan, GradientNeeds needs)
    {
        var seen = input is not null && plan.Doubles
            ? nn.functional.interpolate(input, scale_factor: [2.0, 2.0], mode: InterpolationMode.Nearest) : input;
        return
        [
            needs.Input ? Shrunk(nn.functional.conv_transpose2d(gradient, weight!, padding: [1, 1]), plan) : null,
            needs.Weight ? nn.functional.conv2d(seen!.transpose(0, 1), gradient.transpose(0, 1), null, padding: [1, 1]).transpose(0, 1) : null,
            needs.Bias ? gradient.sum([0, 2, 3]) : null,
            needs.Addend ? gradient.alias() : null,
        ];
    }

    // Each pixel of an input that was doubled gets the sum of its four copies' gradients.
    private static Tensor Shrunk(Tensor gradient, ConvolutionPlan plan) =>
        plan.Doubles ? nn.functional.avg_pool2d(gradient, kernel_size: 2, stride: 2) * Real(4) : gradient;

    private sealed record GradientNeeds(bool Input, bool Weight, bool Bias, bool Addend);
}
