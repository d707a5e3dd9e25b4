using LdmMl.Torch.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>Self-attention of the pixels, cross-attention to the context, and a feed-forward layer; each pre-normalised and residual.</summary>
/// <remarks>The sums are float32 in every precision.</remarks>
internal sealed class TransformerBlock : Module<Tensor, Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly CrossAttention attn1;
    private readonly FeedForward ff;
    private readonly CrossAttention attn2;
    private readonly LayerNorm norm1;
    private readonly LayerNorm norm2;
    private readonly LayerNorm norm3;
    private readonly bool seesContextOnly;

    public TransformerBlock(int channels, int contextChannels, int heads, bool crossAttentionOnly, Device? device) : base(nameof(TransformerBlock))
    {
        seesContextOnly = crossAttentionOnly;
        attn1 = new CrossAttention(channels, crossAttentionOnly ? contextChannels : channels, heads, device);
        ff = new FeedForward(channels, device);
        attn2 = new CrossAttention(channels, contextChannels, heads, device);
        norm1 = LayerNorm(channels, device: device);
        norm2 = LayerNorm(channels, device: device);
        norm3 = LayerNorm(channels, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input, Tensor context)   // [B, T, C], [B, S, Cc] -> [B, T, C]
    {
        using var scope = NewDisposeScope();
        using var seen = context.to(attn2.Format);
        using var first = Attended(attn1, norm1, input, seesContextOnly ? seen : null);
        using var second = Attended(attn2, norm2, first, seen);
        return scope.MoveToOuter(Normalized(norm3, second).Then(ff).ThenTo(ScalarType.Float32).ThenAdd(second));
    }

    // Without a context, to themselves.
    private Tensor Attended(CrossAttention attention, LayerNorm norm, Tensor tokens, Tensor? context)
    {
        using var query = Normalized(norm, tokens);
        return attention.call(query, context ?? query).ThenTo(ScalarType.Float32).ThenAdd(tokens);
    }

    // The normalisations are float32 in every precision.
    private Tensor Normalized(LayerNorm norm, Tensor tokens) => norm.call(tokens.to(ScalarType.Float32)).ThenTo(attn1.Format);
}
