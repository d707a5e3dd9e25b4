using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>A linear layer over the last axis that gives a row the same bits alone as in a batch.</summary>
internal sealed class LinearProjection : Module<Tensor, Tensor>
{
    // A few rows are multiplied by other algorithms than many, whose sums differ in the last bits. Seen: 1 to 3, 5 to 7 and 9 to 11 are apart,
    // multiples of 4 and all from 12 on agree.
    private const int RowsAtOnce = 4;
    private const int FewestEqualRows = 12;

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

        // Two axes always: with three, and a bias, other algorithms are chosen.
        var given = input.reshape(-1, input.shape[^1]);                                // [rows, Cin]
        var rows = given.shape[0];
        if (rows < FewestEqualRows && rows % RowsAtOnce != 0)
            given = functional.pad(given, [0, 0, 0, RowsAtOnce - (rows % RowsAtOnce)]);
        var output = functional.linear(given, weight, bias).narrow(0, 0, rows);
        return scope.MoveToOuter(output.reshape([.. input.shape[..^1], output.shape[1]]).contiguous());
    }
}
