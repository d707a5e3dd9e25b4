using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>A linear layer over the last axis that gives a row the same bits alone as in a batch.</summary>
internal sealed class LinearProjection : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly Parameter weight;
    private readonly Parameter? bias;

    public LinearProjection(int inChannels, int outChannels, bool bias = true, Device? device = null) : base(nameof(LinearProjection))
    {
        weight = new Parameter(empty([outChannels, inChannels], device: device));
        this.bias = bias ? new Parameter(empty([outChannels], device: device)) : null;
        RegisterComponents();

        // PyTorch's default: everything uniform within 1 / sqrt(fan in).
        var bound = 1.0 / Math.Sqrt(inChannels);
        init.uniform_(weight, -bound, bound);
        if (this.bias is not null)
            init.uniform_(this.bias, -bound, bound);
    }

    /// <summary>Gets the number format that it computes in.</summary>
    public ScalarType Format => weight.dtype;

    /// <summary>Gets the weights, [Cout, Cin].</summary>
    public Tensor Weight => weight;

    /// <summary>Gets what is added to each output channel, [Cout]; null where nothing is.</summary>
    public Tensor? Bias => bias;

    /// <summary>Draws the weights again, from a generator.</summary>
    public void Initialize(Generator generator)
    {
        var bound = 1.0 / Math.Sqrt(weight.shape[1]);
        weight.uniform_(-bound, bound, generator);
        bias?.uniform_(-bound, bound, generator);
    }

    /// <summary>Makes every weight 0.</summary>
    public void Zero()
    {
        weight.zero_();
        bias?.zero_();
    }

    public override Tensor forward(Tensor input)                 // [..., Cin] -> [..., Cout]
    {
        using var scope = NewDisposeScope();
        if (input.numel() != input.shape[^1])
            return scope.MoveToOuter(functional.linear(input, weight, bias));

        // libtorch multiplies a single row by another algorithm, whose sums differ in the last bits.
        var doubled = input.reshape(1, -1).expand(2, -1);
        var rows = functional.linear(doubled, weight, bias);     // [2, Cout]
        return scope.MoveToOuter(rows.narrow(0, 0, 1).reshape([.. input.shape[..^1], rows.shape[1]]).contiguous());
    }
}
