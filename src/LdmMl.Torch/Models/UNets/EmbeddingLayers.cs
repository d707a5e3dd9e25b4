using LdmMl.Torch.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>A residual block's own view of the time's embedding, whose SiLU is shared by all blocks and has happened already.</summary>
internal sealed class EmbeddingLayers : Module<Tensor, Tensor>
{
    // Names are checkpoint keys: the SiLU is number 0.
    [ComponentName(Name = "1")]
    private readonly LinearProjection linear;

    public EmbeddingLayers(int inChannels, int outChannels, Device? device) : base(nameof(EmbeddingLayers))
    {
        linear = new LinearProjection(inChannels, outChannels, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => linear.call(input);   // [B, 4 base] -> [B, C]
}
