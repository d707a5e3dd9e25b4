using LdmMl.Torch.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>Builds the blocks of a U-Net: down through the levels, and up again with the skip connection of each block on the way down.</summary>
internal sealed class UNetLayout(UNetConfig config, Device? device)
{
    // The widths of the skip connections.
    private readonly Stack<int> widths = new();
    private int width = config.BaseChannels;

    /// <summary>Builds the blocks on the way down; the first one is a convolution.</summary>
    public ModuleList<UNetBlock> Down()
    {
        var blocks = new ModuleList<UNetBlock>
        {
            new UNetBlock(new ImageConvolution(config.InputChannels, width, kernel: 3, padding: 1, device: device)),
        };
        widths.Push(width);
        for (var level = 0; level < config.ChannelMultipliers.Count; level++)
        {
            for (var i = 0; i < config.ResidualBlocks; i++)
                Keep(blocks, new UNetBlock([.. Stage(level, width, onTheWayUp: false)]));
            if (level < config.ChannelMultipliers.Count - 1)
                Keep(blocks, new UNetBlock(Halving()));
        }

        return blocks;
    }

    /// <summary>Builds the middle: residual, attention, residual.</summary>
    public UNetBlock Middle() => new(
        new UNetResBlock(config, width, width, device),
        Attention(config.ChannelMultipliers.Count - 1, onTheWayUp: false, isMiddle: true),
        new UNetResBlock(config, width, width, device));

    /// <summary>Builds the blocks on the way up.</summary>
    public ModuleList<UNetBlock> Up()
    {
        var blocks = new ModuleList<UNetBlock>();
        for (var level = config.ChannelMultipliers.Count - 1; level >= 0; level--)
        {
            for (var i = 0; i <= config.ResidualBlocks; i++)
            {
                var layers = Stage(level, width + widths.Pop(), onTheWayUp: true);
                if (level > 0 && i == config.ResidualBlocks)
                    layers.Add(Doubling());
                blocks.Add(new UNetBlock([.. layers]));
            }
        }

        return blocks;
    }

    private void Keep(ModuleList<UNetBlock> blocks, UNetBlock block)
    {
        blocks.Add(block);
        widths.Push(width);
    }

    private List<Module> Stage(int level, int inChannels, bool onTheWayUp)
    {
        width = config.LevelChannels(level);
        List<Module> layers = [new UNetResBlock(config, inChannels, width, device)];
        if (config.HasAttention(level))
            layers.Add(Attention(level, onTheWayUp));
        return layers;
    }

    private Module Attention(int level, bool onTheWayUp, bool isMiddle = false)
    {
        var alone = !isMiddle && (config.CrossAttentionOnly?[level] ?? false);
        var heads = config.HeadsOf(level, onTheWayUp);
        return config.ContextDimension is null
            ? new UNetAttention(config, width, heads, device)
            : new SpatialTransformer(config, width, heads, config.DepthOf(level), alone, device);
    }

    private Module Halving() => config.Resampling == UNetResampling.ResidualBlock
        ? new UNetResBlock(config, width, width, device, MapResize.Halve)
        : new UNetDownsample(width, config.Resampling == UNetResampling.Convolution, device);

    private Module Doubling() => config.Resampling == UNetResampling.ResidualBlock
        ? new UNetResBlock(config, width, width, device, MapResize.Double)
        : new Layers.Upsample(width, config.Resampling == UNetResampling.Convolution, device);
}
