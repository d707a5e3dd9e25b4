using LdmMl.Torch.Layers;
using LdmMl.Torch.Layers.Rows;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>One resolution of the encoder: residual blocks, each followed by attention if the level has it, then the downsampling.</summary>
internal sealed class EncoderLevel : Module<Tensor, Tensor>
{
    private readonly ModuleList<ResBlock> block = [];
    private readonly ModuleList<AttentionBlock> attn = [];
    private readonly Downsample? downsample;

    public EncoderLevel(ConvolutionalAutoencoderConfig config, int level, Device? device) : base(nameof(EncoderLevel))
    {
        var width = config.LevelChannels(level);
        var previous = level == 0 ? config.BaseChannels : config.LevelChannels(level - 1);
        var hasAttention = config.AttentionResolutions.Contains(config.Resolution >> level);
        for (var i = 0; i < config.ResidualBlocks; i++)
        {
            block.Add(new ResBlock(i == 0 ? previous : width, width, config.NormGroups, device));
            if (hasAttention)
                attn.Add(new AttentionBlock(width, config.NormGroups, device));
        }

        var isLast = level == config.ChannelMultipliers.Count - 1;
        downsample = isLast ? null : new Downsample(width, config.ResampleWithConvolution, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, Cin, H, W] -> [B, Cout, H/2, W/2], or [B, Cout, H, W] at the last level
    {
        using var scope = NewDisposeScope();
        var h = block[0].call(input);                            // [B, Cout, H, W]
        for (var i = 0; i < block.Count; i++)
        {
            h = i == 0 ? h : h.Then(block[i]);
            h = i < attn.Count ? h.Then(attn[i]) : h;
        }

        return scope.MoveToOuter(downsample is null ? h : h.Then(downsample));
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

        return downsample?.Over(h, memory) ?? h;
    }
}
