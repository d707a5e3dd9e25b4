using LdmMl.Torch.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>A residual block's projection of the time embedding, after the SiLU that all blocks share.</summary>
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
