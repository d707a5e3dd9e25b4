using System.Globalization;
using LdmMl.Torch.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>Layers one after the other, keyed by their index as in an <c>nn.Sequential</c>; each activation is freed when the next exists.</summary>
internal sealed class TinyStack : Module<Tensor, Tensor>
{
    private readonly List<Module<Tensor, Tensor>> steps;

    public TinyStack(IEnumerable<Module<Tensor, Tensor>> layers) : base(nameof(TinyStack))
    {
        steps = [.. layers];
        for (var i = 0; i < steps.Count; i++)
            register_module(i.ToString(CultureInfo.InvariantCulture), steps[i]);
    }

    public override Tensor forward(Tensor input)                 // [B, Cin, H, W] -> [B, Cout, H', W']
    {
        using var scope = NewDisposeScope();
        var h = steps[0].call(input.to(steps.OfType<ImageConvolution>().First().Format));
        foreach (var step in steps.Skip(1))
            h = h.Then(step);
        return scope.MoveToOuter(h);
    }
}
