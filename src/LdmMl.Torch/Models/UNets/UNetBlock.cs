using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>A sequence of layers, each of which gets the conditions it needs.</summary>
internal sealed class UNetBlock : Module<Tensor, BlockConditions, Tensor>
{
    private readonly Module[] layers;

    /// <param name="layers">The layers; their indices are checkpoint keys.</param>
    public UNetBlock(params Module[] layers) : base(nameof(UNetBlock))
    {
        this.layers = layers;
        for (var i = 0; i < layers.Length; i++)
            register_module(i.ToString(CultureInfo.InvariantCulture), layers[i]);
    }

    public override Tensor forward(Tensor input, BlockConditions conditions)   // [B, Cin, H, W] -> [B, Cout, H', W']
    {
        using var scope = NewDisposeScope();
        var h = input;
        foreach (var layer in layers)
        {
            var next = layer is Module<Tensor, BlockConditions, Tensor> conditioned ? conditioned.call(h, conditions) : ((Module<Tensor, Tensor>)layer).call(h);
            if (!ReferenceEquals(h, input))
                h.Dispose();
            h = next;
        }

        return scope.MoveToOuter(h);
    }
}
