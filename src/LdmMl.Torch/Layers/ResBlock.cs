using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>Residual block of the autoencoders: two (norm, SiLU, 3x3 conv) stages, and a 1x1 shortcut when the width changes.</summary>
/// <remarks>The sum is float32 in every precision: rounded again at each block, it would be most of bf16's error.</remarks>
internal sealed class ResBlock : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys ("norm1.weight"); renaming one breaks loading.
    private readonly GroupNorm norm1;
    private readonly ImageConvolution conv1;
    private readonly GroupNorm norm2;
    private readonly ImageConvolution conv2;
    private readonly ImageConvolution? nin_shortcut;

    public ResBlock(int inChannels, int outChannels, int normGroups, Device? device = null) : base(nameof(ResBlock))
    {
        norm1 = GroupNormalization.Create(normGroups, inChannels, GroupNormalization.AutoencoderEpsilon, device);
        conv1 = new ImageConvolution(inChannels, outChannels, kernel: 3, padding: 1, device: device);
        norm2 = GroupNormalization.Create(normGroups, outChannels, GroupNormalization.AutoencoderEpsilon, device);
        conv2 = new ImageConvolution(outChannels, outChannels, kernel: 3, padding: 1, device: device);
        nin_shortcut = inChannels == outChannels ? null : new ImageConvolution(inChannels, outChannels, kernel: 1, device: device);
        RegisterComponents();
    }

    /// <summary>Gets the number format that its convolutions compute in.</summary>
    public ScalarType Format => conv1.Format;

    public override Tensor forward(Tensor input)                 // [B, Cin, H, W] -> [B, Cout, H, W]
    {
        using var scope = NewDisposeScope();
        var narrow = input.to(conv1.Format);
        using var h = FusedNormalization.RunLarge(norm1, narrow, withSilu: true).Then(conv1);   // [B, Cout, H, W]
        var activated = FusedNormalization.RunLarge(norm2, h, withSilu: true, overwrites: true);
        h.Dispose();
        if (nin_shortcut is null)
            return scope.MoveToOuter(conv2.ConvolveWith(activated, input));
        using var shortcut = nin_shortcut.call(narrow);          // [B, Cout, H, W]
        return scope.MoveToOuter(conv2.ConvolveWith(activated, shortcut));
    }
}
