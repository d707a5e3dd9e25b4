using LdmMl.Torch.Layers;
using LdmMl.Torch.Layers.Rows;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>The blocks at the smallest resolution: residual, attention if the config has it, residual.</summary>
internal sealed class MiddleBlocks : Module<Tensor, Tensor>
{
    private readonly ResBlock block_1;
    private readonly AttentionBlock? attn_1;
    private readonly ResBlock block_2;

    public MiddleBlocks(ConvolutionalAutoencoderConfig config, int width, Device? device) : base(nameof(MiddleBlocks))
    {
        block_1 = new ResBlock(width, width, config.NormGroups, device);
        attn_1 = config.MiddleAttention ? new AttentionBlock(width, config.NormGroups, device) : null;
        block_2 = new ResBlock(width, width, config.NormGroups, device);
        RegisterComponents();
    }

    /// <summary>Gets the number format that most of the network computes in.</summary>
    public ScalarType Format => block_1.Format;

    public override Tensor forward(Tensor input)                 // [B, C, h, w] -> [B, C, h, w]
    {
        using var scope = NewDisposeScope();
        var h = block_1.call(input);
        h = attn_1 is null ? h : h.Then(attn_1);
        return scope.MoveToOuter(h.Then(block_2));
    }

    /// <summary>Computes a map strip by strip.</summary>
    public RowMap Over(RowMap input, RowMemory memory)
    {
        var h = block_1.Over(input, memory);
        return block_2.Over(attn_1?.Over(h, memory) ?? h, memory);
    }
}
