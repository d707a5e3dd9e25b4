using LdmMl.Torch.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>A convolution of kernel 1 over tokens whose result is bit-identical alone and in a batch.</summary>
internal sealed class TokenConvolution : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly Parameter weight;
    private readonly Parameter bias;

    public TokenConvolution(int inChannels, int outChannels, Device? device) : base(nameof(TokenConvolution))
    {
        weight = new Parameter(empty([outChannels, inChannels, 1], device: device));
        bias = new Parameter(empty([outChannels], device: device));
        RegisterComponents();
        var bound = 1.0 / Math.Sqrt(inChannels);
        InitialValues.Uniform(weight, bound);
        InitialValues.Uniform(bias, bound);
    }

    /// <summary>Gets the number format that it computes in.</summary>
    public ScalarType Format => weight.dtype;

    /// <summary>Reinitializes the weights from a generator.</summary>
    public void Initialize(Generator generator)
    {
        var bound = 1.0 / Math.Sqrt(weight.shape[1]);
        weight.uniform_(-bound, bound, generator);
        bias.uniform_(-bound, bound, generator);
    }

    /// <summary>Sets every weight to 0.</summary>
    public void Zero()
    {
        weight.zero_();
        bias.zero_();
    }

    public override Tensor forward(Tensor input)                 // [B, T, Cin] -> [B, T, Cout]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(LinearProjection.Multiply(input, weight.squeeze(2), bias));
    }
}
