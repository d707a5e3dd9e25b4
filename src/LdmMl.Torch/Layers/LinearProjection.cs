using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.Products;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>A linear layer over the last axis whose result for an item of the first axis is bit-identical alone and in a batch.</summary>
internal sealed class LinearProjection : Module<Tensor, Tensor>, IHalfWeight
{
    // The kernel computes a panel of tokens at least; counted in one item, so that items do not depend on their batch.
    private const long FewestTokens = 8;

    // Field names are checkpoint keys.
    private Parameter weight;
    private readonly Parameter? bias;

    public LinearProjection(int inChannels, int outChannels, bool bias = true, Device? device = null) : base(nameof(LinearProjection))
    {
        weight = new Parameter(InitialValues.Undefined([outChannels, inChannels], device));
        this.bias = bias ? new Parameter(empty([outChannels], device: device)) : null;
        RegisterComponents();

        // PyTorch's default: everything uniform within 1 / sqrt(fan in).
        var bound = 1.0 / Math.Sqrt(inChannels);
        InitialValues.Uniform(weight, bound);
        if (this.bias is not null)
            InitialValues.Uniform(this.bias, bound);
    }

    /// <summary>Gets the number format that it computes in.</summary>
    public ScalarType Format => HalfWeight.FormatOf(weight);

    /// <inheritdoc/>
    public void SetWeight(Tensor weight)
    {
        using var old = this.weight;
        this.weight = HalfWeight.ParameterOf(weight);
        ConditionallyRegisterParameter(nameof(weight), this.weight);
    }

    /// <summary>Gets the weights, [Cout, Cin].</summary>
    public Tensor Weight => weight;

    /// <summary>Gets the bias of each output channel, [Cout]; null for none.</summary>
    public Tensor? Bias => bias;

    /// <summary>Draws the weights again, from a generator.</summary>
    public void Initialize(Generator generator)
    {
        var bound = 1.0 / Math.Sqrt(weight.shape[1]);
        weight.uniform_(-bound, bound, generator);
        bias?.uniform_(-bound, bound, generator);
    }

    /// <summary>Sets every weight to 0.</summary>
    public void Zero()
    {
        weight.zero_();
        bias?.zero_();
    }

    public override Tensor forward(Tensor input) => Multiply(input, weight, bias);   // [..., Cin] -> [..., Cout]

    /// <summary>Multiplies the last axis with any weights [Cout, Cin]; each item of the first axis gets the same bits alone as in a batch.</summary>
    public static Tensor Multiply(Tensor input, Tensor weight, Tensor? bias)
    {
        // A training step's rows share its gradients anyway.
        using var scope = NewDisposeScope();
        if (is_grad_enabled())
            return scope.MoveToOuter(functional.linear(input, HalfWeight.Widened(weight), bias));
        if (input.dim() == 2 && input.dtype == ScalarType.Float32 && input.device_type == DeviceType.CPU)
            return scope.MoveToOuter(RowProduct.Run(input.contiguous(), weight.contiguous(), bias));
        if (IsFast(input, weight))
            return scope.MoveToOuter(TokenProduct.Run(input.contiguous(), weight.contiguous(), bias));
        var rows = input.dim() > 2 ? input.flatten(1, -2) : input.unsqueeze(1);              // [B, T, Cin]
        var wide = HalfWeight.Widened(weight);
        var result = OneThread.ConvolveEach(rows, item => Convolve(item, wide, bias)) ?? ConvolveLoneToo(rows, wide, bias);
        return scope.MoveToOuter(result.reshape([.. input.shape[..^1], weight.shape[0]]));
    }

    /// <summary>Multiplies the last axis with weights [2 Cout, Cin], and each number of the first half by GELU of its partner.</summary>
    public Tensor MultiplyGated(Tensor input)                    // [B, T, Cin] -> [B, T, Cout]
    {
        using var scope = NewDisposeScope();
        if (IsFast(input, weight, halves: 2))
            return scope.MoveToOuter(TokenProduct.RunGated(input.contiguous(), weight.contiguous(), bias));
        var halves = call(input).chunk(2, dim: -1);
        return scope.MoveToOuter(functional.gelu(halves[1].contiguous()).ThenMultiply(halves[0]));
    }

    private static bool IsFast(Tensor input, Tensor weight, int halves = 1) =>
        ConvolutionScope.IsFastInference(HalfWeight.FormatOf(weight), input.device_type) && input.dtype == ScalarType.Float32
        && input.shape[1..^1].Aggregate(1L, (product, side) => product * side) >= FewestTokens
        && TokenProduct.Fits(weight.shape[1], weight.shape[0] / halves);

    private static Tensor ConvolveLoneToo(Tensor rows, Tensor weight, Tensor? bias)
    {
        var isLone = rows.shape[0] == 1 && rows.numel() <= ImageConvolution.LargestLoneInput;
        return isLone ? Convolve(rows.expand(2, -1, -1), weight, bias).narrow(0, 0, 1) : Convolve(rows, weight, bias);
    }

    // libtorch's matrix product depends on how many rows it has and on their alignment in memory; its convolution does not.
    // Consecutive tokens are a channels-last map, so nothing has to be copied.
    private static Tensor Convolve(Tensor rows, Tensor weight, Tensor? bias)   // [B, T, Cin] -> [B, T, Cout]
    {
        using var inOrder = rows.contiguous().flatten().reshape(rows.shape);                 // also where axes of length 1 have unusual strides
        using var map = inOrder.transpose(1, 2).unsqueeze(2);                                // [B, Cin, 1, T]
        using var kernel = weight.unsqueeze(2).unsqueeze(3);                                 // [Cout, Cin, 1, 1]
        return functional.conv2d(map, kernel, bias).squeeze(2).transpose(1, 2);
    }
}
