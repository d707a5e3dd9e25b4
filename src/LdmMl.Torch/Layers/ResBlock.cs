using LdmMl.Torch.Layers.Rows;
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

    /// <summary>Computes a map strip by strip, in a pass for the statistics of each normalisation and one for the result.</summary>
    /// <param name="input">The map [1, Cin, H, W]; nothing else reads it.</param>
    /// <param name="memory">What may be stored in between.</param>
    public RowMap Over(RowMap input, RowMemory memory)
    {
        var shared = new SharedRows(KeptRows.Of(input, memory), memory);
        var first = RowNormalization.Measure(shared, norm1, withSilu: true, conv1.Format);
        var h = new WindowedRows(shared, conv1.Step(first), memory);
        return nin_shortcut is not null && memory.Fits(2 * h.Bytes, shared.HeldBytes) ? FromBoth(shared, h, memory) : FromInput(shared, h, memory);
    }

    // What is between the convolutions is stored as far as there is room beside the input, which is added at the end.
    private RowMap FromInput(SharedRows shared, RowMap h, RowMemory memory)
    {
        var inner = KeptRows.Of(h, memory, isOnlyReader: false);
        var second = RowNormalization.Measure(inner, norm2, withSilu: true, conv2.Format);
        return KeptRows.Of(new ResidualRows(shared, inner, conv2.Step(second, window => Shortcut(shared.Take(window.First, window.End))), memory), memory);
    }

    // Together the map between the convolutions and the shortcut take less than the input, which is given back as they are computed.
    private RowMap FromBoth(SharedRows shared, RowMap h, RowMemory memory)
    {
        var inner = KeptRows.Empty(h, memory);
        var shortcut = KeptRows.Empty(h, memory);
        shared.Begin(0, last: true);
        foreach (var strip in h.Read(0, last: true))
        {
            var end = inner.End + strip.shape[2];
            shortcut.Add(Shortcut(shared.Take(inner.End, end)).DetachFromDisposeScope());
            inner.Add(strip);
        }

        shared.End();
        var second = RowNormalization.Measure(inner, norm2, withSilu: true, conv2.Format);
        var added = new SharedRows(shortcut, memory);
        return KeptRows.Of(new ResidualRows(added, inner, conv2.Step(second, window => added.Take(window.First, window.End)), memory), memory);
    }

    private Tensor Shortcut(Tensor owned) => nin_shortcut is null ? owned : owned.ThenTo(nin_shortcut.Format).Then(nin_shortcut);
}
