using LdmMl.Torch.Layers;
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

    public override Tensor forward(Tensor input) => proj.MultiplyGated(input);   // [B, T, Cin] -> [B, T, Cout]
}
