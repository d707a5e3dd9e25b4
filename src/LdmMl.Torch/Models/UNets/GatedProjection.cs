using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>A linear layer, one half of whose output gates the other: GEGLU (Shazeer 2020, eq. 5).</summary>
internal sealed class GatedProjection : Module<Tensor, Tensor>
{
    // The field's name is a checkpoint key.
    private readonly LinearProjection proj;

    public GatedProjection(int inChannels, int outChannels, Device? device) : base(nameof(GatedProjection))
    {
        proj = new LinearProjection(inChannels, 2 * outChannels, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, T, Cin] -> [B, T, Cout]
    {
        using var scope = NewDisposeScope();
        var halves = proj.call(input).chunk(2, dim: -1);
        return scope.MoveToOuter(functional.gelu(halves[1].contiguous()).ThenMultiply(halves[0]));
    }
}
