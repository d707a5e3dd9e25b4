using LdmMl.Torch.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>The feed-forward layer of a transformer: expansion to four times the width, gated, and back.</summary>
internal sealed class FeedForward : Module<Tensor, Tensor>
{
    // The field's name is a checkpoint key.
    private readonly FeedForwardLayers net;

    public FeedForward(int channels, Device? device) : base(nameof(FeedForward))
    {
        net = new FeedForwardLayers(channels, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => net.call(input);   // [B, T, C] -> [B, T, C]
}
