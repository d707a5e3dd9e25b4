using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>Self-attention of the autoencoders over all pixels: one head, scale C^-0.5, 1x1 convolutions, residual.</summary>
internal sealed class AttentionBlock : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly GroupNorm norm;
    private readonly ImageConvolution q;
    private readonly ImageConvolution k;
    private readonly ImageConvolution v;
    private readonly ImageConvolution proj_out;

    public AttentionBlock(int channels, int normGroups, Device? device = null) : base(nameof(AttentionBlock))
    {
        norm = GroupNormalization.Create(normGroups, channels, GroupNormalization.AutoencoderEpsilon, device);
        q = new ImageConvolution(channels, channels, kernel: 1, device: device);
        k = new ImageConvolution(channels, channels, kernel: 1, device: device);
        v = new ImageConvolution(channels, channels, kernel: 1, device: device);
        proj_out = new ImageConvolution(channels, channels, kernel: 1, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        using var h = FusedNormalization.RunLarge(norm, input.to(q.Format), withSilu: false);
        using var query = Tokens(q.call(h));                     // [B, 1, HW, C]
        using var key = Tokens(k.call(h));
        using var value = Tokens(v.call(h));
        var image = PixelTokens.ToImage(HeadAttention.Run(query, key, value), like: input);
        return scope.MoveToOuter(image.Then(proj_out).ThenTo(ScalarType.Float32).ThenAdd(input));
    }

    private static Tensor Tokens(Tensor owned) => PixelTokens.From(owned).unsqueeze(1);   // [B, C, H, W] -> [B, 1, HW, C]
}
