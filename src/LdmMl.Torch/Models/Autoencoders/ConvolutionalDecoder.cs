using LdmMl.Torch.Layers;
using LdmMl.Torch.Layers.Rows;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>The residual decoder that the KL and VQ autoencoders share (Rombach et al. 2022, appendix E.1).</summary>
internal sealed class ConvolutionalDecoder : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly ImageConvolution conv_in;
    private readonly MiddleBlocks mid;
    private readonly ModuleList<DecoderLevel> up = [];
    private readonly GroupNorm norm_out;
    private readonly ImageConvolution conv_out;
    private readonly bool suitsChannelsLast;
    private readonly bool tanhOutput;

    public ConvolutionalDecoder(ConvolutionalAutoencoderConfig config, Device? device) : base(nameof(ConvolutionalDecoder))
    {
        var levels = config.ChannelMultipliers.Count;
        var width = config.LevelChannels(levels - 1);
        conv_in = new ImageConvolution(config.BottleneckChannels, width, kernel: 3, padding: 1, device: device);
        mid = new MiddleBlocks(config, width, device);
        for (var level = 0; level < levels; level++)
            up.Add(new DecoderLevel(config, level, device));
        norm_out = GroupNormalization.Create(config.NormGroups, config.LevelChannels(0), GroupNormalization.AutoencoderEpsilon, device);
        conv_out = new ImageConvolution(config.LevelChannels(0), config.ImageChannels, kernel: 3, padding: 1, device: device);
        tanhOutput = config.TanhOutput;
        RegisterComponents();
        suitsChannelsLast = InferenceLayout.Suits(this);
    }

    public override Tensor forward(Tensor latents)               // [B, c, h, w] -> [B, C, h*f, w*f]
    {
        if (RowScope.Current is { } memory)
            return RowPass.Run(latents, suitsChannelsLast, mid.Format, memory, map => Over(map, memory));
        using var scope = NewDisposeScope();
        var h = InferenceLayout.Enter(latents, suitsChannelsLast, mid.Format).Then(conv_in).Then(mid);   // [B, ch, h, w]
        for (var level = up.Count - 1; level >= 0; level--)
            h = h.Then(up[level]);
        h = h.ThenTo(conv_out.Format);
        using var activated = FusedNormalization.RunLarge(norm_out, h, withSilu: true, overwrites: true);
        h.Dispose();
        h = InferenceLayout.Leave(conv_out.call(activated));
        return scope.MoveToOuter(tanhOutput ? h.tanh() : h);
    }

    private RowMap Over(RowMap latents, RowMemory memory)
    {
        var h = mid.Over(new WindowedRows(latents, conv_in.Step(), memory), memory);
        for (var level = up.Count - 1; level >= 0; level--)
            h = up[level].Over(h, memory);
        var kept = KeptRows.Of(h, memory);
        var normalization = RowNormalization.Measure(kept, norm_out, withSilu: true, conv_out.Format);
        var image = new WindowedRows(kept, conv_out.Step(normalization), memory);
        return tanhOutput ? new WindowedRows(image, new RowStep(image.Channels, (rows, _) => rows.tanh()), memory) : image;
    }
}
