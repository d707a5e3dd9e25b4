using LdmMl.Torch.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>The feed-forward part of a block, which treats each token alone: to a larger width, and back.</summary>
internal sealed class ClipFeedForward : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly LinearProjection fc1;
    private readonly LinearProjection fc2;
    private readonly TextActivation activation;

    public ClipFeedForward(TextNetworkConfig config, Device? device) : base(nameof(ClipFeedForward))
    {
        activation = config.Activation;
        fc1 = new LinearProjection(config.Width, config.FeedForwardWidth, device: device);
        fc2 = new LinearProjection(config.FeedForwardWidth, config.Width, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, T, C] -> [B, T, C]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(fc2.call(activation.Run(fc1.call(input))));
    }
}
