using LdmMl.Torch.Layers;
using LdmMl.Torch.Layers.Rows;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>The residual encoder that the KL and VQ autoencoders share (Rombach et al. 2022, appendix E.1).</summary>
internal sealed class ConvolutionalEncoder : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly ImageConvolution conv_in;
    private readonly ModuleList<EncoderLevel> down = [];
    private readonly MiddleBlocks mid;
    private readonly GroupNorm norm_out;
    private readonly ImageConvolution conv_out;
    private readonly bool suitsChannelsLast;

    public ConvolutionalEncoder(ConvolutionalAutoencoderConfig config, int outChannels, Device? device) : base(nameof(ConvolutionalEncoder))
    {
        var levels = config.ChannelMultipliers.Count;
        var width = config.LevelChannels(levels - 1);
        conv_in = new ImageConvolution(config.ImageChannels, config.BaseChannels, kernel: 3, padding: 1, device: device);
        for (var level = 0; level < levels; level++)
            down.Add(new EncoderLevel(config, level, device));
        mid = new MiddleBlocks(config, width, device);
        norm_out = GroupNormalization.Create(config.NormGroups, width, GroupNormalization.AutoencoderEpsilon, device);
        conv_out = new ImageConvolution(width, outChannels, kernel: 3, padding: 1, device: device);
        RegisterComponents();
        suitsChannelsLast = InferenceLayout.Suits(this);
    }

    public override Tensor forward(Tensor images)                // [B, C, H, W] -> [B, outChannels, H/f, W/f]
    {
        if (RowScope.Current is { } memory)
            return RowPass.Run(images, suitsChannelsLast, mid.Format, memory, map => Over(map, memory));
        using var scope = NewDisposeScope();
        var h = InferenceLayout.Enter(images, suitsChannelsLast, mid.Format).Then(conv_in);   // [B, ch, H, W]
        foreach (var level in down)
            h = h.Then(level);
        using var last = h.Then(mid).ThenTo(conv_out.Format);
        h = FusedNormalization.RunLarge(norm_out, last, withSilu: true, overwrites: true).Then(conv_out);
        return scope.MoveToOuter(InferenceLayout.Leave(h));
    }

    private RowMap Over(RowMap images, RowMemory memory)
    {
        RowMap h = new WindowedRows(images, conv_in.Step(), memory);
        foreach (var level in down)
            h = level.Over(h, memory);
        var kept = KeptRows.Of(mid.Over(h, memory), memory);
        return new WindowedRows(kept, conv_out.Step(RowNormalization.Measure(kept, norm_out, withSilu: true, conv_out.Format)), memory);
    }
}
