using LdmMl.Torch.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>Attention and feed-forward of latent diffusion's text encoder, both residual with layer norm first (pre-norm).</summary>
internal sealed class LdmTextLayer : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly TextAttention self_attn;
    private readonly LayerNorm self_attn_layer_norm;
    private readonly LinearProjection fc1;
    private readonly LinearProjection fc2;
    private readonly LayerNorm final_layer_norm;
    private readonly TextActivation activation;

    public LdmTextLayer(LdmTextConfig config, Device? device) : base(nameof(LdmTextLayer))
    {
        activation = config.Activation;
        self_attn = new TextAttention(config, bias: false, device);
        self_attn_layer_norm = LayerNorm(config.Width, device: device);
        fc1 = new LinearProjection(config.Width, config.FeedForwardWidth, device: device);
        fc2 = new LinearProjection(config.FeedForwardWidth, config.Width, device: device);
        final_layer_norm = LayerNorm(config.Width, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, T, C] -> [B, T, C]
    {
        using var scope = NewDisposeScope();
        var attended = input.Plus(self_attn.call(self_attn_layer_norm.call(input), null));
        return scope.MoveToOuter(attended.Plus(fc2.call(activation.Run(fc1.call(final_layer_norm.call(attended))))));
    }
}
