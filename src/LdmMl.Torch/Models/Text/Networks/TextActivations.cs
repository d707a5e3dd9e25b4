using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>Computes the nonlinearities.</summary>
internal static class TextActivations
{
    public static Tensor Run(this TextActivation activation, Tensor input)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(activation == TextActivation.Gelu ? functional.gelu(input) : input * sigmoid(input * Real(1.702)));
    }
}
