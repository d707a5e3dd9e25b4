using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>A block of CLIP's text encoder: attention and feed-forward, both residual with layer norm first (pre-norm).</summary>
internal sealed class ClipTextLayer : Module<Tensor, Tensor?, Tensor>
{
    // Field names are checkpoint keys.
    private readonly TextAttention self_attn;
    private readonly LayerNorm layer_norm1;
    private readonly ClipFeedForward mlp;
    private readonly LayerNorm layer_norm2;

    public ClipTextLayer(ClipTextConfig config, Device? device) : base(nameof(ClipTextLayer))
    {
        self_attn = new TextAttention(config, bias: true, device);
        layer_norm1 = LayerNorm(config.Width, config.Epsilon, device: device);
        mlp = new ClipFeedForward(config, device);
        layer_norm2 = LayerNorm(config.Width, config.Epsilon, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input, Tensor? mask)   // [B, T, C] -> [B, T, C]
    {
        using var scope = NewDisposeScope();
        var attended = input.Plus(self_attn.call(layer_norm1.call(input), mask));
        return scope.MoveToOuter(attended.Plus(mlp.call(layer_norm2.call(attended))));
    }
}
