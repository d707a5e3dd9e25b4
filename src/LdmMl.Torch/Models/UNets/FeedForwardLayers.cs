using LdmMl.Torch.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>The numbered layers of a <see cref="FeedForward"/>.</summary>
internal sealed class FeedForwardLayers : Module<Tensor, Tensor>
{
    private const int Widening = 4;

    // Names are checkpoint keys: number 1 is the reference's dropout.
    [ComponentName(Name = "0")]
    private readonly GatedProjection gated;
    [ComponentName(Name = "2")]
    private readonly LinearProjection linear;

    public FeedForwardLayers(int channels, Device? device) : base(nameof(FeedForwardLayers))
    {
        gated = new GatedProjection(channels, Widening * channels, device);
        linear = new LinearProjection(Widening * channels, channels, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, T, C] -> [B, T, C]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(gated.call(input).Then(linear));
    }
}
