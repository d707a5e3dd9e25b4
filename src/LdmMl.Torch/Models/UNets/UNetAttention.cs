using LdmMl.Torch.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>Self-attention of a U-Net over all pixels, in several heads; residual (CompVis <c>AttentionBlock</c>).</summary>
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

    /// <summary>Makes the block give 0, so that it starts as the identity.</summary>
    public void ZeroOutput() => proj_out.Zero();

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        using var projected = FusedNormalization.Run(norm, input, qkv.Format, withSilu: false).Then(qkv);   // [B, 3C, H, W]
        var parts = Parts(projected);

        // scaled_dot_product_attention divides by the square root of a head's channels itself.
        using var mixed = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]);
        var image = mixed.transpose(2, 3).contiguous().reshape(input.shape);
        return scope.MoveToOuter(image.Then(proj_out).ThenTo(ScalarType.Float32).ThenAdd(input));
    }

    private Tensor[] Parts(Tensor projected)                     // [B, 3C, H, W] -> queries, keys, values, each [B, heads, HW, C / heads]
    {
        var (b, width, tokens) = (projected.shape[0], projected.shape[1] / 3 / heads, projected.shape[2] * projected.shape[3]);
        var split = order == AttentionOrder.HeadsFirst
            ? projected.reshape(b, heads, 3, width, tokens).unbind(2)
            : projected.reshape(b, 3, heads, width, tokens).unbind(1);
        return [.. split.Select(part => part.transpose(2, 3).contiguous())];
    }
}
