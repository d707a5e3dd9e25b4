using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>Multi-head attention of tokens to other tokens or to themselves (Vaswani et al. 2017, section 3.2).</summary>
internal sealed class CrossAttention : Module<Tensor, Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly LinearProjection to_q;
    private readonly LinearProjection to_k;
    private readonly LinearProjection to_v;
    private readonly OutputProjection to_out;
    private readonly int heads;

    public CrossAttention(int channels, int contextChannels, int heads, Device? device) : base(nameof(CrossAttention))
    {
        this.heads = heads;
        to_q = new LinearProjection(channels, channels, bias: false, device);
        to_k = new LinearProjection(contextChannels, channels, bias: false, device);
        to_v = new LinearProjection(contextChannels, channels, bias: false, device);
        to_out = new OutputProjection(channels, device);
        RegisterComponents();
    }

    /// <summary>Gets the number format that it computes in.</summary>
    public ScalarType Format => to_q.Format;

    public override Tensor forward(Tensor input, Tensor context)   // [B, T, C], [B, S, Cc] -> [B, T, C]
    {
        using var scope = NewDisposeScope();
        using var query = Heads(to_q.call(input));               // [B, heads, T, C / heads]
        using var key = Heads(to_k.call(context));               // [B, heads, S, C / heads]
        using var value = Heads(to_v.call(context));
        return scope.MoveToOuter(HeadAttention.Run(query, key, value).Then(to_out));
    }

    private Tensor Heads(Tensor owned)                           // [B, T, C] -> [B, heads, T, C / heads]
    {
        using (owned)
            return owned.unflatten(2, [heads, owned.shape[2] / heads]).transpose(1, 2);
    }
}
