using LdmMl.Torch.Layers;
using LdmMl.Torch.Layers.Rows;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Upsample = LdmMl.Torch.Layers.Upsample;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>One resolution of the decoder: residual blocks, each followed by attention if the level has it, then the upsampling.</summary>
internal sealed class DecoderLevel : Module<Tensor, Tensor>
{
    private readonly ModuleList<ResBlock> block = [];
    private readonly ModuleList<AttentionBlock> attn = [];
    private readonly Upsample? upsample;

    public DecoderLevel(ConvolutionalAutoencoderConfig config, int level, Device? device) : base(nameof(DecoderLevel))
    {
        var width = config.LevelChannels(level);
        var last = config.ChannelMultipliers.Count - 1;
        var previous = config.LevelChannels(Math.Min(level + 1, last));

        // The reference doubles the rounded-down side of the last level, so this differs from the encoder's side if an odd side was halved.
        var side = (config.Resolution >> last) << (last - level);
        var hasAttention = config.AttentionResolutions.Contains(side);
        for (var i = 0; i <= config.ResidualBlocks; i++)
        {
            block.Add(new ResBlock(i == 0 ? previous : width, width, config.NormGroups, device));
            if (hasAttention)
                attn.Add(new AttentionBlock(width, config.NormGroups, device));
        }

        upsample = level == 0 ? null : new Upsample(width, config.ResampleWithConvolution, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, Cin, H, W] -> [B, Cout, 2H, 2W], or [B, Cout, H, W] at level 0
    {
        using var scope = NewDisposeScope();
        var h = block[0].call(input);                            // [B, Cout, H, W]
        for (var i = 0; i < block.Count; i++)
        {
            h = i == 0 ? h : h.Then(block[i]);
            h = i < attn.Count ? h.Then(attn[i]) : h;
        }

        return scope.MoveToOuter(upsample is null ? h : h.Then(upsample));
    }

    /// <summary>Computes a map strip by strip.</summary>
    public RowMap Over(RowMap input, RowMemory memory)
    {
        var h = input;
        for (var i = 0; i < block.Count; i++)
        {
            h = block[i].Over(h, memory);
            h = i < attn.Count ? attn[i].Over(h, memory) : h;
        }

        return upsample?.Over(h, memory) ?? h;
    }
}
