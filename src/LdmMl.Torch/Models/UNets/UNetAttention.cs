using LdmMl.Torch.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>Multi-head self-attention of a U-Net over all pixels; residual (CompVis <c>AttentionBlock</c>).</summary>
internal sealed class UNetAttention : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly GroupNorm norm;
    private readonly TokenConvolution qkv;
    private readonly TokenConvolution proj_out;
    private readonly int heads;
    private readonly AttentionOrder order;

    public UNetAttention(UNetConfig config, int channels, int heads, Device? device) : base(nameof(UNetAttention))
    {
        this.heads = heads;
        order = config.AttentionOrder;
        norm = GroupNormalization.Create(config.NormGroups, channels, NormalizedConvolution.Epsilon, device);
        qkv = new TokenConvolution(channels, 3 * channels, device);
        proj_out = new TokenConvolution(channels, channels, device);
        RegisterComponents();
    }

    /// <summary>Zeroes the block's output, so that it starts as the identity.</summary>
    public void ZeroOutput() => proj_out.Zero();

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        var normalised = FusedNormalization.Run(norm, input, qkv.Format, withSilu: false);
        using var projected = PixelTokens.From(normalised).Then(qkv);      // [B, HW, 3C]
        var parts = Parts(projected);
        using var tokens = HeadAttention.Run(parts[0], parts[1], parts[2]).Then(proj_out).ThenTo(ScalarType.Float32);   // [B, HW, C]
        using var pixels = tokens.transpose(1, 2);
        return scope.MoveToOuter(input.Plus(pixels.unflatten(2, [input.shape[2], input.shape[3]])));
    }

    // [B, HW, 3C] -> queries, keys, values, each [B, heads, HW, C / heads]; views, because a head's channels are contiguous in both orders.
    private Tensor[] Parts(Tensor projected)
    {
        var width = projected.shape[2] / 3 / heads;
        var split = order == AttentionOrder.HeadsFirst
            ? projected.unflatten(2, [heads, 3, width]).unbind(3)
            : projected.unflatten(2, [3, heads, width]).unbind(2);
        return [.. split.Select(part => part.transpose(1, 2))];
    }
}
