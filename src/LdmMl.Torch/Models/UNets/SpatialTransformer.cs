using LdmMl.Torch.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>A transformer over the pixels of a map that also attends to the context; residual (Rombach et al. 2022, section 3.3).</summary>
internal sealed class SpatialTransformer : Module<Tensor, BlockConditions, Tensor>
{
    // The only normalisation of a U-Net with the autoencoders' epsilon.
    private const double Epsilon = GroupNormalization.AutoencoderEpsilon;

    // Field names are checkpoint keys.
    private readonly GroupNorm norm;
    private readonly Module<Tensor, Tensor> proj_in;
    private readonly ModuleList<TransformerBlock> transformer_blocks = [];
    private readonly Module<Tensor, Tensor> proj_out;

    public SpatialTransformer(UNetConfig config, int channels, int heads, int depth, bool crossAttentionOnly, Device? device) : base(nameof(SpatialTransformer))
    {
        norm = GroupNormalization.Create(config.NormGroups, channels, Epsilon, device);
        proj_in = Projection(config, channels, device);
        for (var i = 0; i < depth; i++)
            transformer_blocks.Add(new TransformerBlock(channels, config.ContextDimension!.Value, heads, crossAttentionOnly, device));
        proj_out = Projection(config, channels, device);
        RegisterComponents();
    }

    /// <summary>Zeroes the block's output, so that it starts as the identity.</summary>
    public void ZeroOutput()
    {
        if (proj_out is ImageConvolution convolution)
            convolution.Zero();
        else if (proj_out is LinearProjection linear)
            linear.Zero();
    }

    public override Tensor forward(Tensor input, BlockConditions conditions)   // [B, C, H, W] -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        var context = conditions.Context!;
        var format = proj_in is ImageConvolution convolution ? convolution.Format : ((LinearProjection)proj_in).Format;
        var h = FusedNormalization.Run(norm, input, format, withSilu: false);
        h = proj_in is ImageConvolution ? PixelTokens.From(h.Then(proj_in)) : PixelTokens.From(h).Then(proj_in);   // [B, HW, C]
        foreach (var block in transformer_blocks)
        {
            var next = block.call(h, context);
            h.Dispose();
            h = next;
        }

        h = h.ThenTo(format);
        h = proj_out is ImageConvolution ? PixelTokens.ToImage(h, input).Then(proj_out) : PixelTokens.ToImage(h.Then(proj_out), input);
        return scope.MoveToOuter(h.ThenTo(ScalarType.Float32).ThenAdd(input));
    }

    private static Module<Tensor, Tensor> Projection(UNetConfig config, int channels, Device? device) => config.LinearProjections
        ? new LinearProjection(channels, channels, device: device)
        : new ImageConvolution(channels, channels, kernel: 1, device: device);
}
